import { createRandom, shuffled } from "./random";

/** What planning needs to know of a prompt: how many rows it has and how long the longest is, in tokens. */
export interface Sized {
  readonly rows: readonly { readonly ids: readonly number[] }[];
}

/** Batches within which lengths are sorted: more gives less padding, fewer gives more randomness. */
const WINDOW_BATCHES = 16;

/**
 * The batches of one epoch: prompts whole, of like lengths, each batch at most `tokenBudget` tokens with padding.
 * A prompt that is alone larger than the budget is a batch of its own, since its comparisons need all its rows at once.
 * Depends on nothing but the arguments, so that a resumed run meets the same batches.
 */
export function epochBatches<T extends Sized>(
  groups: readonly T[],
  { tokenBudget, seed, epoch }: { readonly tokenBudget: number; readonly seed: number; readonly epoch: number },
): T[][] {
  const random = createRandom(seed ^ Math.imul(epoch + 1, 0x9e3779b1));
  const batches = windows(shuffled(groups, random), WINDOW_BATCHES * tokenBudget).flatMap((window) =>
    packed(shuffled(window, random), tokenBudget),
  );
  return shuffled(batches, random);
}

/** All groups once, shortest first: for passes whose order does not matter, such as evaluation. */
export function orderedBatches<T extends Sized>(groups: readonly T[], tokenBudget: number): T[][] {
  return packed(groups, tokenBudget);
}

function packed<T extends Sized>(groups: readonly T[], tokenBudget: number): T[][] {
  const sorted = [...groups].sort((p, q) => longest(p) - longest(q));
  const batches: T[][] = [];
  let rows = 0;
  for (const group of sorted) {
    rows += group.rows.length;
    const current = batches.at(-1);
    if (current && rows * longest(group) <= tokenBudget) current.push(group);
    else {
      batches.push([group]);
      rows = group.rows.length;
    }
  }
  return batches;
}

function windows<T extends Sized>(groups: readonly T[], tokens: number): T[][] {
  const result: T[][] = [[]];
  let size = 0;
  for (const group of groups) {
    if (size >= tokens) {
      result.push([]);
      size = 0;
    }
    result.at(-1)!.push(group);
    size += group.rows.length * longest(group);
  }
  return result;
}

/** Share of the batches' tokens that only fills their rows up to the longest. */
export function paddingOf(batches: readonly (readonly Sized[])[]): number {
  let [real, padded] = [0, 0];
  for (const batch of batches) {
    const rows = batch.flatMap((group) => group.rows);
    real += tokensIn(rows);
    padded += rows.length * longest({ rows });
  }
  return padded === 0 ? 0 : 1 - real / padded;
}

/** Tokens of rows, without padding. */
export function tokensIn(rows: Sized["rows"]): number {
  return rows.reduce((sum, { ids }) => sum + ids.length, 0);
}

export function longest({ rows }: Sized): number {
  return rows.reduce((most, { ids }) => Math.max(most, ids.length), 0);
}
