import type { Recipe } from "@borda/preferences";

type Mode = Recipe["mode"];

interface FieldWords {
  readonly label: string;
  readonly help: string;
  /** The modes that read the field; left out, all of them. */
  readonly modes?: readonly Mode[];
}

/** The modes that descend by steps; the head alone is solved. */
const stepped = ["all", "lora", "last"] as const satisfies readonly Mode[];

/** How a field of the recipe is asked for. */
export type RecipeField = FieldWords &
  (
    | { readonly kind: "text" }
    | { readonly kind: "number"; readonly whole?: true }
    | { readonly kind: "choice"; readonly options: Readonly<Record<string, string>> }
  );

/** Every field of a recipe, in words. A field added to Recipe without its words does not compile. */
export const recipeFields = {
  backbone: {
    kind: "text",
    label: "Backbone",
    help: "starter, hub:ORG/NAME@COMMIT, or the folder of a model on the worker's machine.",
  },
  startFrom: {
    kind: "choice",
    label: "Start from",
    help: "The backbone's own weights, or those of the published checkpoint.",
    options: { base: "The backbone", published: "The published checkpoint" },
  },
  pooling: {
    kind: "choice",
    label: "Pooling",
    help: "How the states of all tokens become one vector. Usual: the completion's mean for the starter, the mean for other encoders, the last token for decoders.",
    options: {
      usual: "Usual for the backbone",
      mean: "Mean of all tokens",
      completion: "Mean of the completion's tokens",
      last: "Last token",
      cls: "First token",
    },
  },
  maxLength: {
    kind: "number",
    whole: true,
    label: "Longest input",
    help: "Tokens of prompt and completion together. Beyond it the prompt is cut from the left.",
  },
  mode: {
    kind: "choice",
    label: "Mode",
    help: "Which weights change",
    options: {
      all: "All weights",
      lora: "Low-rank adapters (LoRA) and the head",
      last: "The last layers and the head",
      head: "The head alone",
    },
  },
  lastLayers: { kind: "number", whole: true, label: "Last layers", help: "How many of them train.", modes: ["last"] },
  loraRank: {
    kind: "number",
    whole: true,
    label: "LoRA rank",
    help: "Width of an adapter. More learns more.",
    modes: ["lora"],
  },
  loraAlpha: { kind: "number", label: "LoRA alpha", help: "Adapters count alpha / rank times.", modes: ["lora"] },
  loraDropout: {
    kind: "number",
    label: "LoRA dropout",
    help: "Share of an adapter's inputs that is left out at random.",
    modes: ["lora"],
  },
  loraTargets: {
    kind: "text",
    label: "LoRA layers",
    help: "usual, all-linear, or the ends of layers' names with commas between: query,value.",
    modes: ["lora"],
  },
  loraSave: {
    kind: "choice",
    label: "LoRA files",
    help: "The checkpoint always has the adapters merged into its weights.",
    options: { merged: "Merged only", "merged+adapter": "An adapter for peft beside them" },
    modes: ["lora"],
  },
  epochs: { kind: "number", label: "Epochs", help: "How often every prompt is seen.", modes: stepped },
  learningRate: { kind: "number", label: "Learning rate", help: "Of AdamW, at its highest.", modes: stepped },
  schedule: {
    kind: "choice",
    label: "Schedule",
    help: "How the learning rate falls after the warm-up.",
    options: { linear: "Linear to 0", cosine: "Cosine to 0", constant: "Constant" },
    modes: stepped,
  },
  warmup: {
    kind: "number",
    label: "Warm-up",
    help: "Share of the steps over which the rate rises, 0 to 1.",
    modes: stepped,
  },
  weightDecay: { kind: "number", label: "Weight decay", help: "Of AdamW.", modes: stepped },
  clipNorm: { kind: "number", label: "Clip gradients at", help: "Largest norm of the whole gradient.", modes: stepped },
  tokenBudget: {
    kind: "number",
    whole: true,
    label: "Tokens a batch",
    help: "Padded tokens. More is steadier, and needs more memory.",
  },
  accumulation: {
    kind: "number",
    whole: true,
    label: "Batches an update",
    help: "Their gradients are added up, as if they were one batch.",
    modes: stepped,
  },
  recompute: {
    kind: "choice",
    label: "Compute again",
    help:
      "Less memory for more time. Attention's scores fill the memory where inputs are long, and cost a tenth more time; " +
      "every layer, a quarter more for half the memory.",
    options: { nothing: "Nothing", attention: "Attention's scores", layers: "Every layer" },
    modes: stepped,
  },
  attentionDropout: {
    kind: "number",
    label: "Attention dropout",
    help: "Share of what attends to what that is left out at random.",
    modes: stepped,
  },
  hiddenDropout: {
    kind: "number",
    label: "Hidden dropout",
    help: "Share of the embeddings and of each layer's output that is left out at random.",
    modes: stepped,
  },
  seed: { kind: "number", whole: true, label: "Seed", help: "The same seed, data and recipe give the same weights." },
  ties: {
    kind: "choice",
    label: "Ties",
    help: "A tie pulls two rewards together, or is left out.",
    options: { half: "Half a win for each", drop: "Left out" },
  },
  beta: { kind: "number", label: "Beta", help: "Keeps rewards near 0: beta · (rᵢ² + rⱼ²) / 2 is added to the loss." },
  centering: { kind: "number", label: "Centering", help: "Weight of mean((rᵢ + rⱼ)²), which centres the rewards." },
  margin: { kind: "number", label: "Margin", help: "By how much the better completion must lead." },
  heldOutShare: {
    kind: "number",
    label: "Held out",
    help: "Share of the prompts that is measured on and never trained on. Where it is raised, only prompts that the published checkpoint was not trained on either are measured on.",
  },
  evaluations: {
    kind: "number",
    whole: true,
    label: "Measurements",
    help: "On the held-out prompts, over the run; the last at its end.",
    modes: stepped,
  },
} as const satisfies Record<keyof Recipe, RecipeField>;

/** All fields under their headings, in the order of the form. */
export const recipeSections = [
  { title: "Model", fields: ["backbone", "startFrom", "pooling", "maxLength"] },
  {
    title: "What trains",
    fields: ["mode", "lastLayers", "loraRank", "loraAlpha", "loraDropout", "loraTargets", "loraSave"],
  },
  {
    title: "Steps",
    fields: ["epochs", "learningRate", "schedule", "warmup", "weightDecay", "clipNorm"],
  },
  { title: "Batches and memory", fields: ["tokenBudget", "accumulation", "recompute"] },
  { title: "Dropout", fields: ["attentionDropout", "hiddenDropout"] },
  { title: "Loss", fields: ["ties", "beta", "centering", "margin"] },
  { title: "Measuring and chance", fields: ["heldOutShare", "evaluations", "seed"] },
] as const satisfies readonly { title: string; fields: readonly (keyof Recipe)[] }[];

/** Whether a training of this mode reads the field. */
function isRead(field: keyof Recipe, mode: string): boolean {
  const { modes }: RecipeField = recipeFields[field];
  return modes === undefined || modes.some((each) => each === mode);
}

/** The sections with those fields alone that a mode reads. */
export function sectionsOf(mode: string): readonly { title: string; fields: readonly (keyof Recipe)[] }[] {
  return recipeSections
    .map(({ title, fields }) => ({ title, fields: fields.filter((field) => isRead(field, mode)) }))
    .filter(({ fields }) => fields.length > 0);
}

/** A recipe as it is typed: every field is text until it is read. */
export type RecipeDraft = Readonly<Record<keyof Recipe, string>>;

export function draftOfRecipe(recipe: Recipe): RecipeDraft {
  return Object.fromEntries(Object.entries(recipe).map(([field, value]) => [field, String(value)])) as RecipeDraft;
}

/**
 * What the draft says, still to be checked by Recipe; an empty number is NaN, never 0. Fields that its mode does not read
 * are left to their defaults: what was typed there is not asked for, and cannot be wrong.
 */
export function recipeIn(draft: RecipeDraft): Record<string, unknown> {
  const read = sectionsOf(draft.mode).flatMap(({ fields }) => fields);
  return Object.fromEntries(
    read.map((field) => {
      const text = draft[field].trim();
      return [field, recipeFields[field].kind === "number" ? (text === "" ? Number.NaN : Number(text)) : text];
    }),
  );
}

/** A value of the recipe in words, for lists. */
export function sayRecipeValue<K extends keyof Recipe>(field: K, value: Recipe[K]): string {
  const spec: RecipeField = recipeFields[field];
  return spec.kind === "choice" ? (spec.options[String(value)] ?? String(value)) : String(value);
}
