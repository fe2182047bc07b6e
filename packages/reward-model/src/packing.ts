import {
  addDims,
  build,
  type Dim,
  dimOf,
  input,
  multiplyDims,
  type OpName,
  type Shape,
  type Tensor,
  topologicalOrder,
} from "@borda/tensor";
import { type Bins, binNumbers, nameInBin, PLACE_TOKENS, ROW_PLACES, TOKEN_PLACES } from "./bins";
import type { RewardGraph } from "./model";

const flat = multiplyDims("n", "t");

/**
 * The same graph with everything that treats each token alone (linear layers, norms, activations, embeddings) computed on
 * the real tokens only: padding is taken out behind the embeddings, and put back, as zeros, where tokens meet (attention,
 * pooling). There, rows stand in bins by their lengths, each padded to its own longest: scores are made of pairs of
 * tokens, so a short row beside a long one would cost as much as that. Only what is learnt is packed: it
 * means nothing at padding, while a mask does. See packedFeeds.
 */
export function packed(graph: RewardGraph, count: Bins): Pick<RewardGraph, "features" | "rewards"> {
  const bins = binNumbers(count).map((number) => new Bin(number));
  const starts = bins.map((_, i) => addDims(0, ...bins.slice(0, i).map(({ tokens }) => tokens)));
  const all = addDims(...bins.map(({ tokens }) => tokens));
  const tight = new Map<Tensor, Tensor>();
  const loose = new Map<Tensor, readonly Tensor[]>();
  const learnt = new Set<Tensor>();
  const ofBin = (x: Tensor, i: number) =>
    build.slice(x, { axis: 0, start: starts[i]!, end: addDims(starts[i]!, bins[i]!.tokens) });
  const tightOf = (x: Tensor) =>
    known(tight, x, () => build.concat(...looseOf(x).map((own, i) => bins[i]!.pack(own, perToken(x)!)), { axis: 0 }));
  const looseOf = (x: Tensor): readonly Tensor[] =>
    known(loose, x, () => bins.map((bin, i) => bin.unpack(ofBin(tight.get(x)!, i), x.shape)));

  const outputs = [graph.features, graph.rewards] as const;
  for (const tensor of topologicalOrder(outputs)) {
    if (tensor.op === "parameter" || tensor.inputs.some((x) => learnt.has(x))) learnt.add(tensor);
    const [x] = tensor.inputs;
    if (turnsHeads(tensor) && tight.has(x!)) {
      const heads = bins.map((bin, i) => bin.unpackHeads(ofBin(tight.get(x!)!, i), tensor.shape));
      loose.set(tensor, heads);
      continue;
    }
    if (turnsHeads(tensor) && learnt.has(tensor) && perToken(tensor)) {
      tight.set(tensor, build.concat(...looseOf(x!).map((own, i) => bins[i]!.packHeads(own)), { axis: 0 }));
      continue;
    }
    const alone = learnt.has(tensor) ? tokenByToken(tensor, all) : undefined;
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
    const inputs = tensor.inputs.map((x, i) => (alone.tokens[i] ? tightOf(x) : looseOf(x)[0]!));
    const op = build[tensor.op] as (...args: readonly unknown[]) => Tensor;
    tight.set(tensor, op(...inputs, alone.attributes));
  }
  const places = input(ROW_PLACES, ["n"], "int64");
  const [features, rewards] = outputs.map((x) => build.gather(build.concat(...looseOf(x), { axis: 0 }), places));
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
  private readonly places: Tensor;
  private readonly packed: Tensor;

  constructor(private readonly number: number) {
    this.tokens = `r${number}`;
    this.places = input(nameInBin(TOKEN_PLACES, number), [this.tokens], "int64");
    const packed = input(nameInBin(PLACE_TOKENS, number), [this.size("n"), this.size("t")], "int64");
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

  /** [n, t, ...] -> [r, ...] */
  pack(x: Tensor, perToken: Shape): Tensor {
    const rows = build.reshape(x, { shape: [this.size(flat), ...perToken] });
    return build.pack(rows, this.places, this.packed);
  }

  /** [r, ...] -> what has `shape` in the whole graph */
  unpack(x: Tensor, shape: Shape): Tensor {
    return build.reshape(build.unpack(x, this.places, this.packed), { shape: shape.map(this.size) });
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
    const [n, t, r] = [this.size("n"), this.size("t"), this.tokens];
    const whole = (of: Dim) => build.cast(build.count({ of }), { to: "int64" });
    const numbers = build.range({ size: heads });
    const column = build.remainder(this.places, whole(t));
    const first = build.add(build.mul(build.sub(this.places, column), heads), column);
    const places = build.add(build.reshape(first, { shape: [r, 1] }), build.mul(numbers, whole(t)));
    const tokens = build.mul(build.reshape(this.packed, { shape: [n, 1, t] }), heads);
    const packed = build.minimum(
      build.add(tokens, build.reshape(numbers, { shape: [heads, 1] })),
      build.mul(whole(r), heads),
    );
    return {
      places: build.reshape(places, { shape: [multiplyDims(r, heads)] }),
      packed: build.reshape(packed, { shape: [multiplyDims(n, heads, t)] }),
    };
  }

  private readonly size = (dim: Dim): Dim =>
    typeof dim === "number" ? dim : dimOf(dim.replace(/\b[nt]\b/g, (name) => `${name}${this.number}`));
}

/** How a tensor is computed for each token alone: which of its inputs have a row a token, and its attributes then. */
interface Alone {
  readonly tokens: readonly boolean[];
  readonly attributes: object;
}

/** Nothing where the tensor mixes tokens or has no row a token. */
function tokenByToken(tensor: Tensor, tokens: Dim): Alone | undefined {
  const rule = rules[tensor.op];
  return rule && perToken(tensor) ? rule(tensor, tokens) : undefined;
}

type Rule = (tensor: Tensor, tokens: Dim) => Alone | undefined;

/** Element by element; an input without a row a token must be the same for all of them. */
const elementwise: Rule = ({ inputs, attributes, shape }) => {
  const rank = perToken({ shape })!.length;
  const tokens = inputs.map((x) => perToken(x) !== undefined && x.shape.length === shape.length);
  const stretches = ({ shape: [first, ...rest] }: Tensor) =>
    rest.length < rank || (rest.length === rank && first === 1);
  const fits = inputs.every((x, i) => tokens[i] || (isWeight(x) && stretches(x)));
  return fits && tokens.includes(true) ? { tokens, attributes } : undefined;
};

/** By its first input; the others are weights. */
const byFirst: Rule = ({ inputs: [x, ...weights], attributes }) =>
  perToken(x!) && weights.every(isWeight) ? { tokens: [true, ...weights.map(() => false)], attributes } : undefined;

/** Within each token, along `axis` or `axes`, which move up as the axes of rows and places become one. */
const within: Rule = ({ inputs, attributes }) => {
  const [x] = inputs;
  const leading = x!.shape.length - (perToken(x!)?.length ?? x!.shape.length);
  const { axis, axes = [axis!] } = attributes as { readonly axis?: number; readonly axes?: readonly number[] };
  if (!inputs.every(perToken) || axes.some((each) => each < leading)) return undefined;
  const moved = (each: number) => each - leading + 1;
  const named = axis === undefined ? { axes: axes.map(moved) } : { axis: moved(axis) };
  return { tokens: inputs.map(() => true), attributes: { ...attributes, ...named } };
};

const rules: Partial<Record<OpName, Rule>> = {
  ...named(
    ["add", "sub", "mul", "div", "maximum", "minimum", "clip", "neg", "square", "exp", "log", "sqrt"],
    elementwise,
  ),
  ...named(["rsqrt", "abs", "erf", "gelu", "geluTanh", "relu", "tanh", "sigmoid", "softplus", "silu"], elementwise),
  ...named(["where", "cast"], elementwise),
  ...named(["linear", "matmul", "layerNorm"], byFirst),
  ...named(["reduceSum", "reduceSumSquare", "reduceMean", "reduceMax", "slice", "concat"], within),
  gather: ({ inputs: [table, indices], attributes }) =>
    isWeight(table!) && perToken(indices!) ? { tokens: [false, true], attributes } : undefined,
  reshape: (tensor, tokens) =>
    perToken(tensor.inputs[0]!) && { tokens: [true], attributes: { shape: [tokens, ...perToken(tensor)!] } },
};

function named(ops: readonly OpName[], rule: Rule): Partial<Record<OpName, Rule>> {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}

/** What a tensor has for each token, where it is [n, t, ...] or [n*t, ...]. */
function perToken({ shape }: Pick<Tensor, "shape">): Shape | undefined {
  if (shape[0] === "n" && shape[1] === "t") return shape.slice(2);
  return shape[0] === flat ? shape.slice(1) : undefined;
}

function isWeight({ shape }: Tensor): boolean {
  return shape.every((dim: Dim) => typeof dim === "number");
}

function known<T>(made: Map<Tensor, T>, x: Tensor, make: () => T): T {
  const found = made.get(x) ?? make();
  made.set(x, found);
  return found;
}
