import { type Feeds, int64, type Value } from "@borda/tensor";
import type { Sized } from "./batches";
import { DROPOUT_PLACES, DROPOUT_ROWS } from "./dropout";
import { ATTENTION_MASK, INPUT_IDS, TOKEN_TYPE_IDS } from "./model";

/** int64 [r], of a bin: where each of its r tokens stands among its n * t places. */
export const TOKEN_PLACES = "token_places";
/** int64 [n, t], of a bin: which of its tokens stands at a place; r at padding. */
export const PLACE_TOKENS = "place_tokens";
/** int64 [n], of the whole batch: where a row stands among those of the first bin, the second and so on. */
export const ROW_PLACES = "row_places";

/** How many bins a step's rows are dealt to. */
export type Bins = number;

/** Each is one more copy of attention's nodes, and leaves out less than the one before. */
const MOST_BINS = 4;

/** The bins' numbers, which their inputs and sizes have in their names. */
export function binNumbers(bins: Bins): readonly number[] {
  return Array.from({ length: bins }, (_, i) => i + 1);
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

/** Bins copy every token once more, in and out of attention; they are worth it where they leave this share of its pairs. */
const WORTH = 0.75;
/** Bins that leave out less than this share of what is left are not worth their nodes. */
const LITTLE = 0.05;
/** Batches that tell how the others are. */
const LOOKED_AT = 100;

/** How many bins suit some batches: several where rows of one batch are of very different lengths. */
export function binsFor(batches: readonly (readonly Sized[])[]): Bins {
  const cuts = batches.slice(0, LOOKED_AT).map((batch) => {
    const lengths = batch.flatMap(({ rows }) => rows.map(({ ids }) => ids.length));
    return fewestPairs(
      lengths.sort((p, q) => p - q),
      MOST_BINS,
    );
  });
  // A batch of fewer rows than bins has one in each, and no cut into more.
  const pairs = binNumbers(MOST_BINS).map((_, i) =>
    cuts.reduce((sum, each) => sum + (each[i] ?? each.at(-1)!).pairs, 0),
  );
  const least = pairs.at(-1)!;
  return least <= WORTH * pairs[0]! ? pairs.findIndex((each) => each <= (1 + LITTLE) * least) + 1 : 1;
}

/**
 * What `packed` needs of a batch beside what its graph is fed as it is: the same inputs for the rows of each bin, and where
 * tokens and rows went. The first bin has the shortest rows, cut so that the pairs of places that attention compares are
 * fewest. Where there are more bins than rows the first ones have the first row's first token each, as a row that nothing
 * reads.
 */
export function packedFeeds(feeds: Feeds, count: Bins): Feeds {
  const { data, dims } = feeds[ATTENTION_MASK]!;
  const [n, t] = dims as [number, number];
  const spans = Array.from({ length: n }, (_, row) => spanOf((data as BigInt64Array).subarray(row * t, (row + 1) * t)));
  const { bins, blanks } = dealt(spans, count);
  const found: Record<string, Value> = {};
  bins.forEach((bin, i) => {
    const number = binNumbers(count)[i]!;
    for (const [name, axes] of Object.entries(axesOf))
      if (name in feeds) found[nameInBin(name, number)] = part(feeds[name]!, axes, t, bin);
    for (const [name, value] of Object.entries(placesOf(found[nameInBin(ATTENTION_MASK, number)]!)))
      found[nameInBin(name, number)] = value;
  });
  const order = bins.slice(blanks).flatMap(({ rows }) => rows);
  const places = new BigInt64Array(n);
  order.forEach((row, at) => {
    places[row] = BigInt(at + blanks);
  });
  return { ...feeds, ...found, [ROW_PLACES]: int64(places) };
}

type Span = readonly [from: number, to: number];

/** Where a row's tokens are; its first place where it has none. */
function spanOf(mask: BigInt64Array): Span {
  const from = mask.indexOf(1n);
  return from < 0 ? [0, 1] : [from, mask.lastIndexOf(1n) + 1];
}

/** Rows by their spans in bins, of which the first `blanks` hold a row that is there for its place only. */
function dealt(spans: readonly Span[], count: Bins): { readonly bins: readonly BinRows[]; readonly blanks: number } {
  const length = (row: number) => spans[row]![1] - spans[row]![0];
  const binOf = (rows: readonly number[]): BinRows => ({
    rows,
    from: Math.min(...rows.map((row) => spans[row]![0])),
    to: Math.max(...rows.map((row) => spans[row]![1])),
  });
  const order = [...spans.keys()].sort((p, q) => length(p) - length(q));
  const { ends } = fewestPairs(order.map(length), count).at(-1)!;
  const filled = ends.map((end, i) => binOf(order.slice(ends[i - 1] ?? 0, end)));
  const blanks = count - filled.length;
  const [from] = spans[0]!;
  const blank: BinRows = { rows: [0], from, to: from + 1 };
  return { bins: [...Array<BinRows>(blanks).fill(blank), ...filled], blanks };
}

/** Rows in bins: after how many rows each bin ends, and pairs of places in all, where each is padded to its longest row. */
interface Cut {
  readonly ends: readonly number[];
  readonly pairs: number;
}

/** The cuts of rows of some lengths, in order, with the fewest pairs: into one bin, two and so on, `most` or one a row. */
function fewestPairs(lengths: readonly number[], most: Bins): readonly Cut[] {
  const best: Cut[] = [];
  // A cut between rows of one length is worth nothing, but where bins want a row each.
  const cutsAt = endsOf(lengths, most);
  // By how many of the shortest rows are dealt; those that a number of bins cannot hold or fill are left out.
  let cuts = new Map<number, Cut>([[0, { ends: [], pairs: 0 }]]);
  for (let bin = 0; bin < Math.min(most, lengths.length); bin++) {
    const longer = new Map<number, Cut>();
    for (const [start, { ends, pairs }] of cuts)
      for (const end of cutsAt) {
        if (end <= start) continue;
        const sum = pairs + (end - start) * lengths[end - 1]! ** 2;
        if (sum < (longer.get(end)?.pairs ?? Infinity)) longer.set(end, { ends: [...ends, end], pairs: sum });
      }
    cuts = longer;
    best.push(cuts.get(lengths.length)!);
  }
  return best;
}

/** After how many rows a bin may end: where lengths grow, and after each of the first rows, `most` of them. */
function endsOf(lengths: readonly number[], most: Bins): number[] {
  return [...lengths.keys()].map((row) => row + 1).filter((end) => end < most || lengths[end - 1] !== lengths[end]);
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
