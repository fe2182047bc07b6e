import {
  type AttributesOf,
  build,
  type Dim,
  divideDims,
  integerSize,
  multiplyDims,
  namesIn,
  type OpName,
  rewrite,
  type Shape,
  sizeOf,
  type Tensor,
  topologicalOrder,
} from "@borda/tensor";
import { placesRead, stateAt } from "@borda/transformer";
import { elementwise, named } from "./elementwise";
import type { RewardGraph } from "./model";

/**
 * The same graph without what nothing reads, where one token of each row is pooled (stateAt): behind the last place where
 * tokens meet everything is computed of that token alone, and of the last attention its query alone. Keys and values, and
 * what comes before them, stay whole.
 */
export function narrowed<G extends Pick<RewardGraph, "features" | "rewards">>(graph: G): G {
  const outputs = [graph.features, graph.rewards];
  const order = topologicalOrder(outputs);
  const reads = order.filter(placesRead);
  const [read] = reads;
  if (!read || reads.length > 1) return graph;
  const { whole, axes } = readings(order, read, outputs);
  const places = placesRead(read)!;
  const made = new Map<Tensor, Tensor>();
  const narrow = (x: Tensor, axis: number, rank: number) => made.get(x) ?? at(x, axis, places, rank);
  for (const tensor of order) {
    const axis = axes.get(tensor);
    if (axis === undefined || whole.has(tensor)) continue;
    const from = inputAxes(tensor, axis)!;
    const inputs = tensor.inputs.map((x, i) => (from[i] === undefined ? x : narrow(x, from[i], tensor.shape.length)));
    made.set(tensor, narrowOp(tensor, axis, inputs));
  }
  const state = narrow(read.inputs[0]!, 0, 2);
  const [features, rewards] = rewrite(outputs, (tensor) => (tensor === read ? state : undefined));
  return { ...graph, features: features!, rewards: rewards! };
}

/** Which tensors are read whole, and along which axis of the others one place of each row is. */
function readings(order: readonly Tensor[], read: Tensor, outputs: readonly Tensor[]) {
  const whole = new Set<Tensor>(outputs);
  const axes = new Map<Tensor, number>();
  const readAt = (x: Tensor, axis: number) => {
    if ((axes.get(x) ?? axis) !== axis || !hasRows(x)) whole.add(x);
    axes.set(x, axis);
  };
  for (const tensor of [...order].reverse()) {
    const axis = axes.get(tensor);
    const isWhole = whole.has(tensor);
    if (!isWhole && axis === undefined) continue;
    const from = tensor === read ? [0, undefined] : isWhole ? undefined : inputAxes(tensor, axis!);
    if (!from) whole.add(tensor);
    tensor.inputs.forEach((x, i) => {
      if (from?.[i] === undefined) whole.add(x);
      else readAt(x, from[i]);
    });
  }
  return { whole, axes };
}

/** Whether the first axis is one of rows, or of rows and their places. */
function hasRows({ shape: [first = 1] }: Tensor): boolean {
  return namesIn(first).includes("n");
}

/**
 * x at one place of each row: its axis, of t places or a multiple of them, without them. What is the same for all rows
 * becomes a tensor of `rank` axes, the first of rows.
 */
function at(x: Tensor, axis: number, places: Tensor, rank: number): Tensor {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const own = [...before, divideDims(x.shape[axis]!, "t")];
  const blocks = hasRows(x) ? divideDims(sizeOf(own), "n") : sizeOf(own);
  const missing = rank - own.length - after.length;
  const shape = hasRows(x)
    ? [...own, ...after]
    : ["n", ...(missing > 0 ? Array<Dim>(missing - 1).fill(1) : []), ...own.slice(missing > 0 ? 0 : 1), ...after];
  if (hasRows(x) && blocks === 1)
    return build.reshape(stateAt(build.reshape(x, { shape: ["n", "t", sizeOf(after)] }), places), { shape });
  const table = build.reshape(x, { shape: [multiplyDims(sizeOf(own), "t"), sizeOf(after)] });
  const block = build.range({ size: blocks });
  const row = build.mul(build.reshape(build.range({ size: "n" }), { shape: ["n", 1] }), blocks as number);
  const first = build.mul(hasRows(x) ? build.add(row, block) : block, integerSize("t"));
  return build.reshape(build.gather(table, build.add(first, build.reshape(places, { shape: ["n", 1] }))), { shape });
}

/** The tensor's op on narrow inputs; the shape among its attributes, if it has one, is without the places of an axis. */
function narrowOp({ op, attributes }: Tensor, axis: number, inputs: readonly Tensor[]): Tensor {
  const { shape } = attributes as { readonly shape?: Shape };
  const narrow = shape && { shape: shape.map((dim, i) => (i === axis ? divideDims(dim, "t") : dim)) };
  return (build[op] as (...args: readonly unknown[]) => Tensor)(...inputs, { ...attributes, ...narrow });
}

/** Of each input the axis along which one place makes one place of the result along `axis`; nothing where it is whole. */
type InputAxes = readonly (number | undefined)[];
/** Nothing where no such place does. */
type Rule = (tensor: Tensor, axis: number) => InputAxes | undefined;

function inputAxes(tensor: Tensor, axis: number): InputAxes | undefined {
  return rules[tensor.op]?.(tensor, axis);
}

const aligned: Rule = ({ inputs, shape }, axis) =>
  inputs.map((x) => {
    const own = axis - (shape.length - x.shape.length);
    return own < 0 || x.shape[own] === 1 ? undefined : own;
  });

/** Along all axes but the last, by the first input. */
const byFirst: Rule = ({ inputs, shape }, axis) =>
  axis < shape.length - 1 ? inputs.map((_, i) => (i === 0 ? axis : undefined)) : undefined;

/** Along all axes but the op's own. */
const across: Rule = ({ inputs, attributes }, axis) =>
  axis === (attributes as { readonly axis: number }).axis ? undefined : inputs.map(() => axis);

const folded: Rule = ({ inputs: [x], attributes }, axis) => {
  const { axes = [], keepDims } = attributes as AttributesOf<"reduceSum">;
  const kept = x!.shape.map((_, i) => i).filter((i) => keepDims || !axes.includes(i));
  return axes.includes(kept[axis]!) ? undefined : [kept[axis]];
};

const rules: Partial<Record<OpName, Rule>> = {
  ...named([...elementwise, "expand"], aligned),
  ...named(["linear", "layerNorm"], byFirst),
  ...named(["softmax", "cumsum", "slice", "concat", "pad"], across),
  ...named(["reduceSum", "reduceSumSquare", "reduceMean", "reduceMax"], folded),
  matmul: (tensor, axis) => {
    const { inputs, shape, attributes } = tensor;
    const [x] = inputs;
    if (axis < shape.length - 2) return aligned(tensor, axis);
    const isRow = axis === shape.length - 2 && !(attributes as AttributesOf<"matmul">).transposeX;
    return isRow ? [x!.shape.length - 2, undefined] : undefined;
  },
  transpose: ({ attributes }, axis) => {
    const { permutation } = attributes as AttributesOf<"transpose">;
    return permutation[0] === 0 ? [permutation[axis]] : undefined;
  },
  // Places are the innermost part of an axis, so that what follows it is the same on either side.
  reshape: ({ inputs: [x], shape }, axis) => {
    const behind = (of: Shape, i: number) => sizeOf(of.slice(i + 1));
    const own = x!.shape.findIndex(
      (dim, i) => namesIn(dim).includes("t") && behind(x!.shape, i) === behind(shape, axis),
    );
    return own < 0 ? undefined : [own];
  },
  gather: ({ inputs: [, indices] }, axis) => (axis < indices!.shape.length ? [undefined, axis] : undefined),
};
