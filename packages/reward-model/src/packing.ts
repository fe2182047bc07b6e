import {
  build,
  type Dim,
  type Feeds,
  input,
  int64,
  multiplyDims,
  type OpName,
  type Shape,
  type Tensor,
  topologicalOrder,
  withInputs,
} from "@borda/tensor";
import type { RewardGraph } from "./model";

/** int64 [r]: where each of the r real tokens stands among the n * t places of a batch. */
export const TOKEN_PLACES = "token_places";
/** int64 [n, t]: which of the real tokens stands at a place; r at padding. */
export const PLACE_TOKENS = "place_tokens";

const flat = multiplyDims("n", "t");

/**
 * The same graph with everything that treats each token alone (linear layers, norms, activations, embeddings) computed on
 * the real tokens only: padding is taken out behind the embeddings, and put back, as zeros, where tokens meet (attention,
 * pooling). Only what is learnt is packed: it means nothing at padding, while a mask does. See packingFeeds.
 */
export function packed(graph: RewardGraph): RewardGraph {
  const lists = [
    input(TOKEN_PLACES, ["r"], "int64"),
    build.reshape(input(PLACE_TOKENS, ["n", "t"], "int64"), { shape: [flat] }),
  ] as const;
  const tight = new Map<Tensor, Tensor>();
  const loose = new Map<Tensor, Tensor>();
  const learnt = new Set<Tensor>();
  const tightOf = (x: Tensor) =>
    known(tight, x, () => build.pack(build.reshape(looseOf(x), { shape: [flat, ...perToken(x)!] }), ...lists));
  const looseOf = (x: Tensor): Tensor =>
    known(loose, x, () => build.reshape(build.unpack(tight.get(x)!, ...lists), { shape: x.shape }));

  const outputs = [graph.hidden, graph.features, graph.rewards] as const;
  for (const tensor of topologicalOrder(outputs)) {
    if (tensor.op === "parameter" || tensor.inputs.some((x) => learnt.has(x))) learnt.add(tensor);
    const alone = learnt.has(tensor) ? tokenByToken(tensor) : undefined;
    if (!alone) {
      loose.set(tensor, withInputs(tensor, tensor.inputs.map(looseOf)));
      continue;
    }
    const inputs = tensor.inputs.map((x, i) => (alone.tokens[i] ? tightOf(x) : looseOf(x)));
    const op = build[tensor.op] as (...args: readonly unknown[]) => Tensor;
    tight.set(tensor, op(...inputs, alone.attributes));
  }
  const [hidden, features, rewards] = outputs.map(looseOf);
  return { ...graph, hidden: hidden!, features: features!, rewards: rewards! };
}

/** What `packed` needs to know of a batch: int64 [n, t] with 1 on a token and 0 on padding. */
export function packingFeeds(attentionMask: BigInt64Array, [n, t]: readonly [n: number, t: number]): Feeds {
  const places = BigInt64Array.from(
    [...attentionMask.keys()].filter((at) => attentionMask[at] === 1n),
    BigInt,
  );
  const tokens = new BigInt64Array(n * t).fill(BigInt(places.length));
  places.forEach((place, token) => {
    tokens[Number(place)] = BigInt(token);
  });
  return { [TOKEN_PLACES]: int64(places), [PLACE_TOKENS]: int64(tokens, [n, t]) };
}

/** How a tensor is computed for each token alone: which of its inputs have a row a token, and its attributes then. */
interface Alone {
  readonly tokens: readonly boolean[];
  readonly attributes: object;
}

/** Nothing where the tensor mixes tokens or has no row a token. */
function tokenByToken(tensor: Tensor): Alone | undefined {
  const rule = rules[tensor.op];
  return rule && perToken(tensor) ? rule(tensor) : undefined;
}

type Rule = (tensor: Tensor) => Alone | undefined;

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
  reshape: (tensor) =>
    perToken(tensor.inputs[0]!) && { tokens: [true], attributes: { shape: ["r", ...perToken(tensor)!] } },
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

function known(made: Map<Tensor, Tensor>, x: Tensor, make: () => Tensor): Tensor {
  const tensor = made.get(x) ?? make();
  made.set(x, tensor);
  return tensor;
}
