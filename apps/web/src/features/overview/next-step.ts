/** What decides the one thing to do next in a project. */
export interface Situation {
  readonly projectId: string;
  readonly prompts: number;
  readonly labelers: number;
  readonly tasksOpen: number;
  /** Comparisons in all rankings, made here or imported. */
  readonly comparisons: number;
  /** Of these, how many came after the published checkpoint was trained. */
  readonly newComparisons: number;
  readonly published: boolean;
  /** A finished checkpoint that a person may publish. */
  readonly candidateId: string | null;
  readonly activeRunId: string | null;
  readonly activeImportId: string | null;
  /** Whether anybody has asked for a score yet. */
  readonly apiKeyUsed: boolean;
}

export interface NextStep {
  readonly title: string;
  readonly why: string;
  readonly action: string;
  readonly href: string;
}

/** Comparisons below which a first training is not worth its minutes. */
const fewComparisons = 30;

/** The first of these that applies, from what runs now to what brings the project forward. */
export function nextStep(at: Situation): NextStep {
  const home = `/projects/${at.projectId}`;
  const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
  if (at.activeRunId)
    return {
      title: "A training is running",
      why: "Watch its loss and its held-out accuracy, or cancel it.",
      action: "Watch the run",
      href: `${home}/training/${at.activeRunId}`,
    };
  if (at.prompts === 0)
    return at.activeImportId
      ? {
          title: "An import is running",
          why: "Prompts can be ranked as soon as they are in.",
          action: "See the import",
          href: `${home}/imports/${at.activeImportId}`,
        }
      : {
          title: "Import prompts and completions",
          why: "There is nothing to rank yet.",
          action: "Import a file",
          href: `${home}/imports`,
        };
  if (at.candidateId)
    return {
      title: "A checkpoint waits for your decision",
      why: "It stands beside the published one, on the same prompts.",
      action: "Compare and publish",
      href: `${home}/checkpoints`,
    };
  if (at.comparisons < fewComparisons && at.labelers === 0)
    return {
      title: "Invite labelers",
      why: `${count(at.prompts, "prompt")} wait to be ranked, and nobody ranks here yet.`,
      action: "Invite by a link",
      href: `${home}/labelers`,
    };
  if (at.comparisons < fewComparisons)
    return {
      title: "Collect more rankings",
      why: `${count(at.comparisons, "comparison")} so far; a first training makes sense from about ${fewComparisons}.`,
      action: "See who ranks",
      href: `${home}/labelers`,
    };
  if (!at.published)
    return {
      title: "Train the first reward model",
      why: `${count(at.comparisons, "comparison")} are ready to train on.`,
      action: "Choose a recipe",
      href: `${home}/training`,
    };
  if (at.newComparisons > 0)
    return {
      title: "Retrain on what is new",
      why: `${count(at.newComparisons, "comparison")} came in since the published checkpoint.`,
      action: "Retrain",
      href: `${home}/training`,
    };
  if (!at.apiKeyUsed)
    return {
      title: "Call the scores",
      why: "The published checkpoint answers over HTTP, with a key.",
      action: "Make a key",
      href: `${home}/api-keys`,
    };
  return at.tasksOpen > 0
    ? {
        title: "Collect more rankings",
        why: `${count(at.tasksOpen, "task")} are open; the model has seen everything ranked so far.`,
        action: "See who ranks",
        href: `${home}/labelers`,
      }
    : {
        title: "Import more prompts",
        why: "Everything here is ranked, and the model has seen it.",
        action: "Import a file",
        href: `${home}/imports`,
      };
}
