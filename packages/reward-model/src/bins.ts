import { type Feeds, int64, type Value } from "@borda/tensor";
import type { Sized } from "./batches";
import { DROPOUT_PLACES, DROPOUT_ROWS } from "./dropout";
import { ATTENTION_MASK, INPUT_IDS, TOKEN_TYPE_IDS } from "./model";

/** int64 [r], of a bin: where each of its r tokens stands among its n * t places. */
export const TOKEN_PLACES = "token_places";
/** int64 [n, t], of a bin: which of its tokens stands at a place; r at padding. */
export const PLACE_TOKENS = "place_tokens";
/** int64 [n], of the whole batch: where a row stands among those of the first bin and then the second. */
export const ROW_PLACES = "row_places";

/** How many bins a step's rows are dealt to. */
export type Bins = 1 | 2;

/** The bins' numbers, which their inputs and sizes have in their names. */
export function binNumbers(bins: Bins): readonly number[] {
  return bins === 1 ? [1] : [1, 2];
}

/** What an input of all rows is called where it has those of a bin. */
export function nameInBin(name: string, bin: number): string {
  return `${name}/${bin}`;
}

/** Some rows of a batch, and the places of theirs that hold their tokens. */
interface BinRows {
  readonly rows: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** Which axes an input has, n of rows and t of places. */
const axesOf: Readonly<Record<string, readonly ("n" | "t")[]>> = {
  [INPUT_IDS]: ["n", "t"],
  [ATTENTION_MASK]: ["n", "t"],
  [TOKEN_TYPE_IDS]: ["n", "t"],
  [DROPOUT_ROWS]: ["n"],
  [DROPOUT_PLACES]: ["t"],
};

/** Two bins copy every token once more, in and out of attention; they are worth it where they leave this share of its pairs. */
const WORTH = 0.75;

/** How many bins suit some batches: two where rows of one batch are of very different lengths. */
export function binsFor(batches: readonly (readonly Sized[])[]): Bins {
  let [together, apart] = [0, 0];
  for (const batch of batches) {
    const lengths = batch.flatMap(({ rows }) => rows.map(({ ids }) => ids.length)).sort((p, q) => p - q);
    together += pairsOf(lengths, 0);
    apart += pairsOf(lengths, bestCut(lengths));
  }
  return apart <= WORTH * together ? 2 : 1;
}

/**
 * What `packed` needs of a batch beside what its graph is fed as it is: the same inputs for the rows of each bin, and where
 * tokens and rows went. Of two bins the first has the shorter rows and the second the longer ones, cut where the pairs of
 * places that attention compares are fewest. A batch of one row has its first token alone in the first, as a row that nothing
 * reads.
 */
export function packedFeeds(feeds: Feeds, count: Bins): Feeds {
  const { data, dims } = feeds[ATTENTION_MASK]!;
  const [n, t] = dims as [number, number];
  const spans = Array.from({ length: n }, (_, row) => spanOf((data as BigInt64Array).subarray(row * t, (row + 1) * t)));
  const { bins, isBlank } = dealt(spans, count);
  const found: Record<string, Value> = {};
  bins.forEach((bin, i) => {
    const number = binNumbers(count)[i]!;
    for (const [name, axes] of Object.entries(axesOf))
      if (name in feeds) found[nameInBin(name, number)] = part(feeds[name]!, axes, t, bin);
    for (const [name, value] of Object.entries(placesOf(found[nameInBin(ATTENTION_MASK, number)]!)))
      found[nameInBin(name, number)] = value;
  });
  const order = (isBlank ? bins.slice(1) : bins).flatMap(({ rows }) => rows);
  const places = new BigInt64Array(n);
  order.forEach((row, at) => {
    places[row] = BigInt(at + Number(isBlank));
  });
  return { ...feeds, ...found, [ROW_PLACES]: int64(places) };
}

type Span = readonly [from: number, to: number];

/** Where a row's tokens are; its first place where it has none. */
function spanOf(mask: BigInt64Array): Span {
  const from = mask.indexOf(1n);
  return from < 0 ? [0, 1] : [from, mask.lastIndexOf(1n) + 1];
}

/** Rows by their spans in bins; whether the first holds a row that is there for its place only. */
function dealt(spans: readonly Span[], count: Bins): { readonly bins: readonly BinRows[]; readonly isBlank: boolean } {
  const length = (row: number) => spans[row]![1] - spans[row]![0];
  const binOf = (rows: readonly number[]): BinRows => ({
    rows,
    from: Math.min(...rows.map((row) => spans[row]![0])),
    to: Math.max(...rows.map((row) => spans[row]![1])),
  });
  const all = [...spans.keys()];
  if (count === 1) return { bins: [binOf(all)], isBlank: false };
  const [from] = spans[0]!;
  if (all.length === 1) return { bins: [{ rows: [0], from, to: from + 1 }, binOf(all)], isBlank: true };
  const order = all.sort((p, q) => length(p) - length(q));
  const cut = bestCut(order.map(length));
  return { bins: [binOf(order.slice(0, cut)), binOf(order.slice(cut))], isBlank: false };
}

/** How many of the shortest rows to part from the others, for the fewest pairs of places; lengths in order. */
function bestCut(lengths: readonly number[]): number {
  let best = Math.min(1, lengths.length - 1);
  for (let cut = 2; cut < lengths.length; cut++) if (pairsOf(lengths, cut) < pairsOf(lengths, best)) best = cut;
  return best;
}

/** Pairs of places within rows, where the shortest `cut` are padded to one length and the others to another. */
function pairsOf(lengths: readonly number[], cut: number): number {
  const pairs = (rows: number, longest: number) => rows * longest ** 2;
  return pairs(cut, lengths[cut - 1] ?? 0) + pairs(lengths.length - cut, lengths.at(-1)!);
}

/** An input of all rows, int64, as a bin has it. */
function part({ data }: Value, axes: readonly ("n" | "t")[], t: number, { rows, from, to }: BinRows): Value {
  const values = data as BigInt64Array;
  if (!axes.includes("t")) return int64(BigInt64Array.from(rows, (row) => values[row]!));
  if (!axes.includes("n")) return int64(values.slice(from, to));
  const own = new BigInt64Array(rows.length * (to - from));
  rows.forEach((row, at) => void own.set(values.subarray(row * t + from, row * t + to), at * (to - from)));
  return int64(own, [rows.length, to - from]);
}

/** Where tokens stand among places, and the other way round, of a mask int64 [n, t]. */
function placesOf({ data, dims }: Value): Feeds {
  const mask = data as BigInt64Array;
  const places = BigInt64Array.from(
    [...mask.keys()].filter((at) => mask[at] === 1n),
    BigInt,
  );
  const tokens = new BigInt64Array(mask.length).fill(BigInt(places.length));
  places.forEach((place, token) => {
    tokens[Number(place)] = BigInt(token);
  });
  return { [TOKEN_PLACES]: int64(places), [PLACE_TOKENS]: int64(tokens, [...dims]) };
}
