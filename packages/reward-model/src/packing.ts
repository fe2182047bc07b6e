import {
  addDims,
  build,
  type Dim,
  dimOf,
  input,
  integerSize,
  multiplyDims,
  type OpName,
  type Shape,
  type Tensor,
  topologicalOrder,
} from "@borda/tensor";
import { placesRead } from "@borda/transformer";
import { type Bins, binNumbers, nameInBin, PLACE_TOKENS, ROW_PLACES, TOKEN_PLACES } from "./bins";
import { elementwise, named } from "./elementwise";
import { learntOf } from "./layers";
import type { RewardGraph } from "./model";

const flat = multiplyDims("n", "t");

/**
 * The same graph with everything that treats each token alone (linear layers, norms, activations, embeddings) computed on
 * the real tokens only: padding is taken out behind the embeddings, and put back, as zeros, where tokens meet (attention,
 * pooling). There, rows stand in bins by their lengths, each padded to its own longest: scores are made of pairs of
 * tokens, so a short row beside a long one would cost as much as that. What treats each row alone, as behind pooling, is
 * computed for the rows of all bins together. Only what is learnt is packed: it means nothing at padding, while a mask
 * does. See packedFeeds.
 */
export function packed(graph: RewardGraph, count: Bins): Pick<RewardGraph, "features" | "rewards"> {
  const bins = binNumbers(count).map((number) => new Bin(number));
  const all = (kind: Kind) => addDims(...bins.map((bin) => bin[kind]));
  const start = (kind: Kind, i: number) => addDims(0, ...bins.slice(0, i).map((bin) => bin[kind]));
  const tight = new Map<Tensor, Tensor>();
  const loose = new Map<Tensor, readonly Tensor[]>();
  const ofBin = (x: Tensor, i: number) => {
    const { kind } = unitOf(x)!;
    return build.slice(tight.get(x)!, { axis: 0, start: start(kind, i), end: start(kind, i + 1) });
  };
  const tightOf = (x: Tensor) =>
    known(tight, x, () => build.concat(...looseOf(x).map((own, i) => bins[i]!.pack(own, unitOf(x)!)), { axis: 0 }));
  const looseOf = (x: Tensor): readonly Tensor[] =>
    known(loose, x, () => bins.map((bin, i) => bin.unpack(ofBin(x, i), x)));

  const outputs = [graph.features, graph.rewards] as const;
  const order = topologicalOrder(outputs);
  const learnt = learntOf(order);
  for (const tensor of order) {
    const [x, at] = tensor.inputs;
    if (placesRead(tensor) && tight.has(x!)) {
      const tokens = looseOf(at!).map((own, i) => build.add(bins[i]!.tokensAt(own), integerSize(start("tokens", i))));
      tight.set(tensor, build.gather(tight.get(x!)!, build.concat(...tokens, { axis: 0 })));
      continue;
    }
    if (turnsHeads(tensor) && tight.has(x!) && isOfTokens(x!)) {
      const heads = bins.map((bin, i) => bin.unpackHeads(ofBin(x!, i), tensor.shape));
      loose.set(tensor, heads);
      continue;
    }
    if (turnsHeads(tensor) && learnt.has(tensor) && isOfTokens(tensor)) {
      tight.set(tensor, build.concat(...looseOf(x!).map((own, i) => bins[i]!.packHeads(own)), { axis: 0 }));
      continue;
    }
    const alone = learnt.has(tensor) ? oneByOne(tensor, all) : undefined;
    if (!alone) {
      const inputs = tensor.inputs.map(looseOf);
      loose.set(
        tensor,
        bins.map((bin, i) =>
          bin.own(
            tensor,
            inputs.map((each) => each[i]!),
          ),
        ),
      );
      continue;
    }
    const inputs = tensor.inputs.map((x, i) => (alone.units[i] ? tightOf(x) : looseOf(x)[0]!));
    const op = build[tensor.op] as (...args: readonly unknown[]) => Tensor;
    tight.set(tensor, op(...inputs, alone.attributes));
  }
  const places = input(ROW_PLACES, ["n"], "int64");
  const [features, rewards] = outputs.map((x) => build.gather(tightOf(x), places));
  return { features: features!, rewards: rewards! };
}

/** Heads before places, or behind them again: as attention splits and merges them. */
function turnsHeads({ op, attributes, shape }: Tensor): boolean {
  const { permutation } = attributes as { readonly permutation?: readonly number[] };
  return op === "transpose" && shape.length === 4 && permutation!.join() === "0,2,1,3";
}

/** The names of sizes in attributes of ops. */
const sizes = ["shape", "size", "of", "start", "end", "before", "after", "rows"];

/** Some of the rows, with sizes and inputs of their own: n1 rows of t1 places with r1 tokens. */
class Bin {
  readonly tokens: string;
  readonly rows: string;
  private readonly places: Tensor;
  private readonly packed: Tensor;

  constructor(private readonly number: number) {
    this.tokens = `r${number}`;
    this.rows = `n${number}`;
    this.places = input(nameInBin(TOKEN_PLACES, number), [this.tokens], "int64");
    const packed = input(nameInBin(PLACE_TOKENS, number), [this.rows, this.size("t")], "int64");
    this.packed = build.reshape(packed, { shape: [this.size(flat)] });
  }

  /** The tensor as it is of these rows, given its inputs as they are. */
  own(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
    const { op, name, shape, dtype } = tensor;
    const renamed = Object.entries(tensor.attributes)
      .filter(([key]) => sizes.includes(key))
      .map(([key, value]) => [key, Array.isArray(value) ? value.map(this.size) : this.size(value as Dim)] as const);
    const isSame = renamed.every(([key, value]) => `${value}` === `${tensor.attributes[key as never]}`);
    if (isSame && inputs.every((x, i) => x === tensor.inputs[i])) return tensor;
    if (op === "input") return input(nameInBin(name!, this.number), shape.map(this.size), dtype);
    return (build[op] as (...args: readonly unknown[]) => Tensor)(...inputs, {
      ...tensor.attributes,
      ...Object.fromEntries(renamed),
    });
  }

  /** [n, t, ...] -> [r, ...]; [n, ...] as it is. */
  pack(x: Tensor, { kind, rest }: Unit): Tensor {
    if (kind === "rows") return x;
    const rows = build.reshape(x, { shape: [this.size(flat), ...rest] });
    return build.pack(rows, this.places, this.packed);
  }

  /** [r, ...], or [n, ...] of rows -> the tensor as it is of these rows. */
  unpack(x: Tensor, tensor: Tensor): Tensor {
    if (!isOfTokens(tensor)) return x;
    return build.reshape(build.unpack(x, this.places, this.packed), { shape: tensor.shape.map(this.size) });
  }

  /** Which tokens stand at some of the n * t places. */
  tokensAt(places: Tensor): Tensor {
    return build.gather(this.packed, places);
  }

  /** [r, heads, d] -> what has `shape`, [n, heads, t, d], in the whole graph, in one pass over memory. */
  unpackHeads(x: Tensor, shape: Shape): Tensor {
    const [, heads, d] = x.shape as [Dim, number, number];
    const rows = build.reshape(x, { shape: [multiplyDims(heads, this.tokens), d] });
    const { places, packed } = this.headsOf(heads);
    return build.reshape(build.unpack(rows, places, packed), { shape: shape.map(this.size) });
  }

  /** [n, heads, t, d] -> [r, heads, d], in one pass. */
  packHeads(x: Tensor): Tensor {
    const [n, heads, t, d] = x.shape as [Dim, number, Dim, number];
    const { places, packed } = this.headsOf(heads);
    const rows = build.reshape(x, { shape: [multiplyDims(n, heads, t), d] });
    return build.reshape(build.pack(rows, places, packed), { shape: [this.tokens, heads, d] });
  }

  /** Where the heads of tokens stand among n * heads * t places, and the other way round. */
  private headsOf(heads: number): { readonly places: Tensor; readonly packed: Tensor } {
    const [n, t, r] = [this.rows, this.size("t"), this.tokens];
    const numbers = build.range({ size: heads });
    const column = build.remainder(this.places, integerSize(t));
    const first = build.add(build.mul(build.sub(this.places, column), heads), column);
    const places = build.add(build.reshape(first, { shape: [r, 1] }), build.mul(numbers, integerSize(t)));
    const tokens = build.mul(build.reshape(this.packed, { shape: [n, 1, t] }), heads);
    const packed = build.minimum(
      build.add(tokens, build.reshape(numbers, { shape: [heads, 1] })),
      build.mul(integerSize(r), heads),
    );
    return {
      places: build.reshape(places, { shape: [multiplyDims(r, heads)] }),
      packed: build.reshape(packed, { shape: [multiplyDims(n, heads, t)] }),
    };
  }

  private readonly size = (dim: Dim): Dim =>
    typeof dim === "number" ? dim : dimOf(dim.replace(/\b[nt]\b/g, (name) => `${name}${this.number}`));
}

/** What a tensor has one of each: tokens, as [n, t, ...] or [n*t, ...], or rows, as [n, ...]. */
type Kind = "tokens" | "rows";

interface Unit {
  readonly kind: Kind;
  /** How many of the axes count them. */
  readonly leading: number;
  /** The other axes. */
  readonly rest: Shape;
}

function unitOf({ shape }: Pick<Tensor, "shape">): Unit | undefined {
  const [first, second, ...others] = shape;
  if (first === "n" && second === "t") return { kind: "tokens", leading: 2, rest: others };
  const rest = shape.slice(1);
  if (first === flat) return { kind: "tokens", leading: 1, rest };
  return first === "n" && isFixed(rest) ? { kind: "rows", leading: 1, rest } : undefined;
}

function isOfTokens(tensor: Tensor): boolean {
  return unitOf(tensor)?.kind === "tokens";
}

/** How a tensor is computed for each token or row alone: which of its inputs have one of each, and its attributes then. */
interface Alone {
  readonly units: readonly boolean[];
  readonly attributes: object;
}

/** Nothing where the tensor mixes tokens and rows or has none of either. */
function oneByOne(tensor: Tensor, all: (kind: Kind) => Dim): Alone | undefined {
  const unit = unitOf(tensor);
  return unit && rules[tensor.op]?.(tensor, unit, all(unit.kind));
}

type Rule = (tensor: Tensor, unit: Unit, all: Dim) => Alone | undefined;

/** Element by element; an input that has none of them must be the same for all. */
const stretching: Rule = ({ inputs, attributes, shape }, { kind, rest: { length: rank } }) => {
  const units = inputs.map((x) => unitOf(x)?.kind === kind && x.shape.length === shape.length);
  const stretches = ({ shape: [first, ...rest] }: Tensor) =>
    rest.length < rank || (rest.length === rank && first === 1);
  const fits = inputs.every((x, i) => units[i] || (isWeight(x) && stretches(x)));
  return fits && units.includes(true) ? { units, attributes } : undefined;
};

/** By its first input; the others are weights. */
const byFirst: Rule = ({ inputs: [x, ...weights], attributes }, { kind }) =>
  unitOf(x!)?.kind === kind && weights.every(isWeight)
    ? { units: [true, ...weights.map(() => false)], attributes }
    : undefined;

/** Within each of them, along `axis` or `axes`, which move up as the axes of rows and places become one. */
const within: Rule = ({ inputs, attributes }, { kind }) => {
  const { leading = 0 } = unitOf(inputs[0]!) ?? {};
  const { axis, axes = [axis!] } = attributes as { readonly axis?: number; readonly axes?: readonly number[] };
  if (!inputs.every((x) => unitOf(x)?.kind === kind) || axes.some((each) => each < leading)) return undefined;
  const moved = (each: number) => each - leading + 1;
  const named = axis === undefined ? { axes: axes.map(moved) } : { axis: moved(axis) };
  return { units: inputs.map(() => true), attributes: { ...attributes, ...named } };
};

const rules: Partial<Record<OpName, Rule>> = {
  ...named(elementwise, stretching),
  ...named(["linear", "matmul", "layerNorm"], byFirst),
  ...named(["reduceSum", "reduceSumSquare", "reduceMean", "reduceMax", "slice", "concat"], within),
  gather: ({ inputs: [table, indices], attributes }, { kind }) =>
    isWeight(table!) && unitOf(indices!)?.kind === kind ? { units: [false, true], attributes } : undefined,
  reshape: ({ inputs: [x] }, { kind, rest }, all) =>
    unitOf(x!)?.kind === kind ? { units: [true], attributes: { shape: [all, ...rest] } } : undefined,
};

function isWeight({ shape }: Tensor): boolean {
  return isFixed(shape);
}

function isFixed(shape: Shape): boolean {
  return shape.every((dim) => typeof dim === "number");
}

function known<T>(made: Map<Tensor, T>, x: Tensor, make: () => T): T {
  const found = made.get(x) ?? make();
  made.set(x, found);
  return found;
}
