import {
  build,
  constant,
  type Dim,
  type Feeds,
  input,
  int64,
  multiplyDims,
  rewrite,
  type Tensor,
  topologicalOrder,
} from "@borda/tensor";
import { RewardModelError } from "./errors";
import { layerBoundaries, viewed } from "./layers";
import type { RewardGraph } from "./model";

/** int64 [n]: a number of each row, and int64 [t]: of each place in a row; see dropoutFeeds. */
export const DROPOUT_ROWS = "dropout_rows";
export const DROPOUT_PLACES = "dropout_places";

/** A prime, so that products of two residues are exact in float64, too. */
const PRIME = 2 ** 26 - 5;

export interface DropoutRates {
  /** Of what attends to what. */
  readonly attention: number;
  /** Of the embeddings, and of what each layer adds to the residual stream. */
  readonly hidden: number;
}

/**
 * The graph with dropout (Srivastava et al. 2014): attention's probabilities, the embeddings, and the output of each
 * sublayer before it is added (Vaswani et al. 2017, section 5.4). Throws RewardModelError where a rate finds no place.
 */
export function withDropout(graph: RewardGraph, { attention, hidden }: DropoutRates): RewardGraph {
  const branches = hidden > 0 ? residualBranches(graph) : new Set<Tensor>();
  const softmaxes = topologicalOrder([graph.features]).filter(({ op }) => op === "softmax");
  const sites = new Map<Tensor, number>();
  for (const tensor of attention > 0 ? softmaxes : []) sites.set(tensor, attention);
  for (const tensor of branches) sites.set(tensor, hidden);
  if (attention > 0 && softmaxes.length === 0) throw nowhere("attentionDropout");
  if (hidden > 0 && branches.size === 0) throw nowhere("hiddenDropout");
  if (sites.size === 0) return graph;
  const place = new Map([...sites.keys()].map((tensor, index) => [tensor, index] as const));
  const [states, features, rewards] = rewrite([graph.hidden, graph.features, graph.rewards], (tensor, inputs) => {
    const rate = sites.get(tensor);
    if (rate === undefined) return undefined;
    const op = build[tensor.op] as (...args: readonly unknown[]) => Tensor;
    return dropout(op(...inputs, tensor.attributes), rate, `site ${place.get(tensor)}`);
  });
  return { ...graph, hidden: states!, features: features!, rewards: rewards! };
}

/**
 * x with elements set to 0 by their chance `rate`, and the others made larger to keep the mean; x is [n, ...] or, with rows
 * and places in one, [n*t, ...]. A tensor that is the same for all rows stays as it is.
 */
export function dropout(x: Tensor, rate: number, site: string): Tensor {
  const rows = x.shape[0] === multiplyDims("n", "t") ? ["n", "t", ...x.shape.slice(1)] : x.shape;
  if (rate === 0 || rows[0] !== "n") return x;
  const kept = build.greaterOrEqual(draws(rows, site), Math.floor(rate * PRIME));
  const mask = build.reshape(kept, { shape: x.shape });
  return build.where(mask, build.mul(x, 1 / (1 - rate)), 0);
}

/**
 * A number below PRIME for each element, from the product modulo PRIME of one number for each of its coordinates
 * (multiplicative hashing: Carter & Wegman 1979). It depends on the row's own number, the site and the place, and so
 * neither on batch mates nor on what runs it.
 */
function draws(shape: readonly Dim[], site: string): Tensor {
  const times = (p: Tensor, q: Tensor) => build.remainder(build.mul(p, q), PRIME);
  const factors = shape.map((size, axis) => {
    const along = (values: Tensor) => build.reshape(values, { shape: shape.map((dim, at) => (at === axis ? dim : 1)) });
    if (size === "n") return along(input(DROPOUT_ROWS, ["n"], "int64"));
    const places = input(DROPOUT_PLACES, ["t"], "int64");
    // A power, so that what a query and a key draw is not the same the other way round.
    if (size === "t") return along(shape.indexOf(size) === axis ? places : times(places, times(places, places)));
    return along(constant(residues(size as number, `${site}, axis ${axis}`)));
  });
  const seed = constant(residues(1, site), []);
  const small = factors.slice(0, -1).reduce(times, seed);
  return times(small, factors.at(-1)!);
}

/** The feeds of a pass over rows of t tokens, each row by a number of its own within the step. */
export function dropoutFeeds(
  t: number,
  numbers: readonly number[],
  { seed, step }: { readonly seed: number; readonly step: number },
): Feeds {
  const rows = BigInt64Array.from(numbers, (number) => BigInt(residue(hash(seed, step, number))));
  return { [DROPOUT_ROWS]: int64(rows), [DROPOUT_PLACES]: int64(residues(t, "place")) };
}

function residues(length: number, purpose: string): BigInt64Array {
  const name = [...purpose].reduce((sum, letter) => hash(sum, letter.codePointAt(0)!, 0), 0);
  return BigInt64Array.from({ length }, (_, at) => BigInt(residue(hash(name, at, 1))));
}

/** From 1 to PRIME - 1. */
function residue(hashed: number): number {
  return 1 + (hashed % (PRIME - 1));
}

/** Three counters as 32 bits each of which depends on all of theirs (murmur3's mixer over their weighted sum). */
function hash(a: number, b: number, c: number): number {
  let mixed = 0;
  for (const counter of [a, b, c]) {
    mixed = Math.imul(mixed ^ counter, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed = (mixed ^ (mixed >>> 16)) + 0x9e3779b9;
  }
  return mixed >>> 0;
}

/** What enters the first layer, and what each sublayer adds to the residual stream [n, t, h]. */
function residualBranches(graph: RewardGraph): Set<Tensor> {
  const branches = new Set<Tensor>(layerBoundaries(graph)[0]?.filter(isStream));
  const above = new Map<Tensor, ReadonlySet<Tensor>>();
  const isBelow = (x: Tensor, y: Tensor) => {
    const known = above.get(y) ?? new Set(topologicalOrder([y]));
    above.set(y, known);
    return known.has(x);
  };
  for (const { op, inputs } of topologicalOrder([graph.hidden])) {
    if (op !== "add" || !inputs.every(isStream)) continue;
    const [x, y] = inputs as [Tensor, Tensor];
    if (isLinear(x) || isBelow(y, x)) branches.add(x);
    if (isLinear(y) || isBelow(x, y)) branches.add(y);
  }
  return branches;
}

function isStream({ shape }: Tensor): boolean {
  return shape.length === 3 && shape[0] === "n" && shape[1] === "t";
}

function isLinear(tensor: Tensor): boolean {
  const { op, inputs } = viewed(tensor);
  return (op === "linear" || op === "matmul") && inputs[1]!.op === "parameter";
}

function nowhere(field: string): RewardModelError {
  return new RewardModelError("BAD_RECIPE", `${field} is not 0, but the backbone has no place for it: set it to 0.`);
}
