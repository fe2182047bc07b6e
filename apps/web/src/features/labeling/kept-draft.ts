import type { CompletionId, TaskId } from "@borda/preferences";
import type { Draft } from "./ranking-edits";

/** What a reload must not lose: the ranking so far, the time spent, and the token of a submit that may be under way. */
export interface KeptDraft {
  readonly ranking: Draft;
  readonly seconds: number;
  readonly token: string;
}

const prefix = "borda-draft:";

/** The draft of this task, if this tab has one that fits its completions. */
export function readDraft(storage: Storage, taskId: TaskId, completions: readonly CompletionId[]): KeptDraft | null {
  const text = storage.getItem(prefix + taskId);
  if (text === null) return null;
  const draft = parse(text);
  return draft && isRankingOf(draft.ranking, completions) ? draft : null;
}

/** Keeps the draft; those of other tasks go. A browser that refuses storage only loses the comfort. */
export function keepDraft(storage: Storage, taskId: TaskId, draft: KeptDraft): void {
  dropDrafts(storage, taskId);
  try {
    storage.setItem(prefix + taskId, JSON.stringify(draft));
  } catch (error) {
    console.warn("The draft could not be kept for a reload.", error);
  }
}

/** Forgets the drafts of every task but `except`. */
export function dropDrafts(storage: Storage, except?: TaskId): void {
  for (const key of Object.keys(storage))
    if (key.startsWith(prefix) && key !== prefix + except) storage.removeItem(key);
}

function parse(text: string): KeptDraft | null {
  try {
    const { ranking, seconds, token } = JSON.parse(text) as Partial<KeptDraft>;
    if (!Array.isArray(ranking?.tiers) || typeof seconds !== "number" || typeof token !== "string") return null;
    return { ranking, seconds, token };
  } catch {
    // Written by another version of this page: begin anew.
    return null;
  }
}

function isRankingOf({ tiers, unacceptableFrom: line }: Draft, completions: readonly CompletionId[]): boolean {
  const placed = tiers.flat();
  return (
    tiers.every((tier) => tier.length > 0) &&
    new Set(placed).size === placed.length &&
    placed.every((id) => completions.includes(id)) &&
    (line === null || (Number.isInteger(line) && line >= 0 && line <= tiers.length && tiers.length > 0))
  );
}
