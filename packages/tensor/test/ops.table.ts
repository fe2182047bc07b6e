import { build as b, constant, type OpName } from "../src/index";
import { type Case, coins, integers, uniform } from "./check";

const pairs = [
  [
    ["n", 3],
    ["n", 3],
  ],
  [["n", "t", 4], [4]],
  [
    ["n", 1, 4],
    ["t", 1],
  ],
  [[], ["n"]],
  [["t", "n"], []],
] as const;

/** An op on two tensors, at shapes that broadcast either way. */
const binary = (of: Case["of"], low = -2, high = 2): Case[] =>
  pairs.map(([x, y]) => ({ of, inputs: [uniform(x, low, high), uniform(y, low, high)] }));
const unary = (of: Case["of"], low = -4, high = 4): Case[] =>
  [["n", "t", 3], [5], []].map((shape) => ({ of, inputs: [uniform(shape, low, high)] }));
const logical = (of: Case["of"]): Case[] => pairs.map(([x, y]) => ({ of, inputs: [coins(x), coins(y)] }));

const matmul: Case["of"] = (x, y) => b.matmul(x!, y!);
const linear: Case["of"] = (x, weight, bias) => b.linear(x!, weight!, bias!);
const norm = [uniform(["n", "t", 6]), uniform([6]), uniform([6])];
/** Three rows out of five, in another order, and none out of two: where each comes from, and where each goes. */
const packing = [constant(BigInt64Array.of(4n, 0n, 2n)), constant(BigInt64Array.of(1n, 3n, 2n, 3n, 0n))] as const;
const nothing = [constant(new BigInt64Array(0)), constant(BigInt64Array.of(0n, 0n))] as const;
const epsilon = { epsilon: 1e-5 };

/** One row an op: value, shape and gradient on every executor come from it. An op without a row does not compile. */
export const rows = {
  input: [{ of: (x) => x, inputs: [uniform(["n", 2])] }],
  parameter: [{ of: (x) => x, inputs: [uniform([2, 3])] }],
  constant: [
    { of: () => constant([1, 2.5, -3, 4], [2, 2]), inputs: [] },
    { of: () => constant(BigInt64Array.of(1n, -7n)), inputs: [] },
    { of: () => constant(Uint8Array.of(1, 0), [2, 1]), inputs: [] },
  ],
  fill: [
    { of: () => b.fill({ value: 1.5, shape: ["n", 2], dtype: "float32" }), inputs: [] },
    { of: () => b.fill({ value: 7, shape: ["n*t"], dtype: "int64" }), inputs: [] },
  ],
  range: [
    { of: () => b.range({ size: "n+2*t" }), inputs: [] },
    { of: () => b.range({ size: 4 }), inputs: [] },
  ],
  count: [{ of: () => b.count({ of: "n*t" }), inputs: [] }],

  add: binary(b.add),
  sub: binary(b.sub),
  mul: [
    ...binary(b.mul),
    { of: (x) => b.mul(x!, x!), inputs: [uniform(["n", 3])] },
    { of: (x) => b.mul(x!, 2), inputs: [integers([3], 9)] },
  ],
  div: binary(b.div, 0.5, 3),
  maximum: binary(b.maximum),
  minimum: binary(b.minimum),
  clip: unary((x) => b.clip(x!, { low: -1, high: 2.5 })),
  neg: unary(b.neg),
  square: unary(b.square),
  exp: unary(b.exp, -3, 1),
  log: unary(b.log, 0.2, 4),
  sqrt: unary(b.sqrt, 0.2, 4),
  rsqrt: unary(b.rsqrt, 0.2, 4),
  abs: unary(b.abs),
  sign: unary(b.sign),
  // Bfloat16s, which differences smaller than a step leave where they are; then whole numbers that it has to round.
  roundBfloat16: [
    {
      of: b.roundBfloat16,
      inputs: [{ ...uniform(["n", 40]), element: (random) => 1 + Math.floor(128 * random()) / 64 }],
    },
    { of: (x) => b.roundBfloat16(b.cast(x!, { to: "float32" })), inputs: [integers(["n", 40], 1e6)] },
  ],
  sin: unary(b.sin),
  cos: unary(b.cos),

  erf: unary(b.erf),
  gelu: unary(b.gelu),
  geluSlope: [...unary(b.geluSlope), { of: b.geluSlope, inputs: [uniform([50], -30, 30)] }],
  geluTanh: unary(b.geluTanh),
  relu: unary(b.relu),
  tanh: unary(b.tanh),
  sigmoid: unary(b.sigmoid),
  softplus: [...unary(b.softplus), { of: b.softplus, inputs: [uniform([50], -90, 90)] }],
  silu: unary(b.silu),

  remainder: [{ of: (x, y) => b.remainder(x!, b.add(y!, 1)), inputs: [integers(["n", 5], 100), integers([5], 9)] }],

  equal: [...binary(b.equal), { of: b.equal, inputs: [integers(["n", 5], 2), integers([5], 2)] }],
  greater: binary(b.greater),
  greaterOrEqual: [...binary(b.greaterOrEqual), { of: b.greaterOrEqual, inputs: [integers([9], 3), integers([9], 3)] }],
  less: binary(b.less),
  lessOrEqual: [...binary(b.lessOrEqual), { of: b.lessOrEqual, inputs: [integers([9], 3), integers([9], 3)] }],
  and: logical(b.and),
  or: logical(b.or),
  not: [{ of: b.not, inputs: [coins(["n", 7])] }],
  where: [
    { of: b.where, inputs: [coins(["n", 1, 3]), uniform(["t", 3]), uniform([3])] },
    {
      of: (mask, x) => b.where(mask!, x!, -1e4),
      inputs: [coins(["n", "t"]), uniform([2, "n", "t"])],
    },
    { of: (mask, x) => b.where(mask!, 0, x!), inputs: [coins([4]), uniform(["n", 4])] },
  ],
  cast: [
    { of: (x) => b.cast(x!, { to: "int64" }), inputs: [uniform(["n", 4], -5, 5)] },
    { of: (x) => b.cast(x!, { to: "float32" }), inputs: [integers([4], 9)] },
    { of: (x) => b.cast(x!, { to: "bool" }), inputs: [integers(["n", 4], 2)] },
    { of: (x) => b.mul(b.cast(b.greater(x!, 0), { to: "float32" }), x!), inputs: [uniform([6])] },
  ],

  reshape: [
    { of: (x) => b.reshape(x!, { shape: ["n*t", 4] }), inputs: [uniform(["n", "t", 4])] },
    { of: (x) => b.reshape(x!, { shape: ["n", "t", 2, 2] }), inputs: [uniform(["n*t", 4])] },
    { of: (x) => b.reshape(x!, { shape: ["t", "n", -1] }), inputs: [uniform(["n", 2, "t", 3])] },
    { of: (x) => b.reshape(b.reshape(x!, { shape: [-1] }), { shape: [3, "n"] }), inputs: [uniform(["n", 3])] },
  ],
  transpose: [
    { of: (x) => b.transpose(x!, { permutation: [0, 2, 1, 3] }), inputs: [uniform(["n", "t", 2, 3])] },
    {
      of: (x) => b.transpose(b.transpose(x!, { permutation: [2, 0, 1] }), { permutation: [2, 0, 1] }),
      inputs: [uniform(["n", 2, "t"])],
    },
  ],
  expand: [
    { of: (x) => b.expand(x!, { shape: ["n", "t", 3] }), inputs: [uniform(["t", 1])] },
    { of: (x, y) => b.mul(b.expand(x!, { shape: ["n", 3] }), y!), inputs: [uniform([]), uniform(["n", 3])] },
    { of: (x, y) => b.mul(b.expand(x!, { shape: ["n", 3] }), y!), inputs: [uniform([3]), uniform([1])] },
  ],
  concat: [
    {
      of: (x, y, z) => b.concat(x!, y!, z!, { axis: 1 }),
      inputs: [uniform(["n", "t", 2]), uniform(["n", 3, 2]), uniform(["n", "t", 2])],
    },
    { of: (x, y) => b.concat(x!, y!, { axis: -1 }), inputs: [uniform([2, 1]), uniform([2, 4])] },
    { of: (x) => b.concat(x!, { axis: 0 }), inputs: [uniform(["n"])] },
  ],
  slice: [
    { of: (x) => b.slice(x!, { axis: 1, start: 1, end: -1 }), inputs: [uniform(["n", 5, 2])] },
    { of: (x) => b.slice(x!, { axis: 0, start: 1, end: "n+1" }), inputs: [uniform(["n+3", 2])] },
    { of: (x) => b.slice(x!, { axis: -1, start: -1, end: "t" }), inputs: [uniform(["n", "t"])] },
  ],
  pad: [
    { of: (x) => b.pad(x!, { axis: 1, before: 2, after: "n" }), inputs: [uniform(["n", 3, 2])] },
    { of: (x) => b.pad(x!, { axis: 0, before: 0, after: 1 }), inputs: [uniform([3])] },
  ],

  matmul: [
    { of: matmul, inputs: [uniform(["n", 3]), uniform([3, 4])] },
    { of: matmul, inputs: [uniform(["n", "t", 3]), uniform([3, 4])] },
    { of: matmul, inputs: [uniform(["n", 2, "t", 3]), uniform(["n", 2, 3, "t"])] },
    { of: matmul, inputs: [uniform(["n", 1, "t", 3]), uniform([2, 3, 4])] },
    ...[true, false].flatMap((transposeX) =>
      [true, false].map((transposeY) => ({
        of: (...[x, y]: Parameters<Case["of"]>) => b.matmul(x!, y!, { transposeX, transposeY }),
        inputs: [
          uniform(["n", ...(transposeX ? [3, "t"] : ["t", 3])]),
          uniform([2, 1, ...(transposeY ? [4, 3] : [3, 4])]),
        ],
      })),
    ),
    {
      of: (x, y) => b.matmul(x!, b.transpose(y!, { permutation: [0, 2, 1] })),
      inputs: [uniform(["n", 2, 3]), uniform(["n", "t", 3])],
    },
    {
      of: (x, y) => b.matmul(b.transpose(x!, { permutation: [1, 0] }), y!),
      inputs: [uniform(["n", 2]), uniform(["n", 3])],
    },
    { of: (x, y) => b.matmul(x!, y!, { transposeY: true }), inputs: [uniform(["n", "t", 3]), uniform([4, 3])] },
    { of: (x, y) => b.matmul(x!, y!, { transposeX: true }), inputs: [uniform(["n", 3, "t"]), uniform([3, 4])] },
    { of: matmul, inputs: [uniform([2, 3]), uniform(["n", 3, 4])] },
  ],
  linear: [
    { of: linear, inputs: [uniform(["n", 3]), uniform([3, 4]), uniform([4])] },
    {
      of: (x, w, c) => b.linear(x!, w!, c!, { outFirst: true }),
      inputs: [uniform(["n", "t", 3]), uniform([4, 3]), uniform([4])],
    },
  ],

  reduceSum: [
    { of: (x) => b.reduceSum(x!), inputs: [uniform(["n", "t"])] },
    { of: (x) => b.reduceSum(x!, { axes: [-1, 0] }), inputs: [uniform(["n", "t", 3])] },
    { of: (x) => b.reduceSum(x!, { axes: [1], keepDims: true }), inputs: [uniform(["n", "t", 3])] },
    { of: (x) => b.reduceSum(x!, { axes: [0] }), inputs: [uniform(["m", 3])] },
    { of: (x) => b.reduceSum(x!, { axes: [] }), inputs: [uniform(["n", 3])] },
  ],
  reduceSumSquare: [
    { of: (x) => b.reduceSum(b.square(x!)), inputs: [uniform(["n", "t"])] },
    { of: (x) => b.reduceSumSquare(x!, { axes: [1], keepDims: true }), inputs: [uniform(["n", "t", 3])] },
    { of: (x) => b.reduceSumSquare(x!, { axes: [] }), inputs: [uniform(["n", 3])] },
  ],
  reduceMean: [
    { of: (x) => b.reduceMean(x!), inputs: [uniform(["n", "t"])] },
    { of: (x) => b.reduceMean(x!, { axes: [1, 2] }), inputs: [uniform(["n", "t", 3])] },
    { of: (x) => b.reduceMean(x!, { axes: [-1], keepDims: true }), inputs: [uniform(["n", 3])] },
  ],
  reduceMax: [
    { of: (x) => b.reduceMax(x!, { axes: [1] }), inputs: [uniform(["n", "t", 3])] },
    { of: (x) => b.reduceMax(x!, { axes: [-1], keepDims: true }), inputs: [uniform(["n", 3])] },
  ],
  softmax: [
    { of: (x) => b.softmax(x!, { axis: -1 }), inputs: [uniform(["n", 2, "t", "t"])] },
    { of: (x) => b.softmax(x!, { axis: 0 }), inputs: [uniform(["t", 3])] },
    {
      of: (x, last) => {
        const real = b.lessOrEqual(b.range({ size: "t" }), last!);
        return b.softmax(b.add(x!, b.where(real, 0, -1e9)), { axis: -1 });
      },
      inputs: [uniform(["n", 2, "t"]), integers(["n", 1, 1], 2)],
      tolerance: 1e-4,
    },
  ],
  cumsum: [
    { of: (x) => b.cumsum(x!, { axis: 1 }), inputs: [uniform(["n", "t", 2])] },
    { of: (x) => b.cumsum(x!, { axis: -1, reverse: true }), inputs: [uniform(["n", "t"])] },
    { of: (x) => b.cumsum(x!, { axis: 0 }), inputs: [integers([6], 3)] },
  ],

  layerNorm: [
    { of: (x, s, c) => b.layerNorm(x!, s!, c!, epsilon), inputs: norm, tolerance: 1e-4 },
    {
      of: (x, s, c) => b.layerNorm(x!, s!, c!, { epsilon: 1e-12 }),
      inputs: [uniform([2, 8]), uniform([8]), uniform([8])],
      tolerance: 1e-4,
    },
  ],
  layerNormMean: [{ of: (x, s, c) => b.layerNormMean(x!, s!, c!, epsilon), inputs: norm }],
  layerNormInverseDeviation: [
    { of: (x, s, c) => b.layerNormInverseDeviation(x!, s!, c!, epsilon), inputs: norm, tolerance: 1e-4 },
  ],

  gather: [
    { of: (table, at) => b.gather(table!, at!), inputs: [uniform([7, 3]), integers(["n", "t"], 7)] },
    { of: (table, at) => b.gather(table!, at!), inputs: [uniform(["n"]), integers(["m"], 1)] },
    { of: (table, at) => b.gather(table!, at!), inputs: [integers([5], 9), integers(["m"], 5)] },
  ],
  scatterAdd: [
    { of: (i, x) => b.scatterAdd(i!, x!, { rows: 4 }), inputs: [integers(["n", "t"], 4), uniform(["n", "t", 3])] },
    { of: (i, x) => b.scatterAdd(i!, x!, { rows: "n" }), inputs: [integers(["m"], 1), uniform(["m"])] },
    { of: (i, x) => b.scatterAdd(i!, x!, { rows: 3 }), inputs: [integers(["m"], 3), uniform(["m", 2, "t"])] },
  ],
  pack: [
    { of: (x) => b.pack(x!, ...packing), inputs: [uniform([5, "n", 2])] },
    { of: (x) => b.pack(x!, ...packing), inputs: [coins([5, "t"])] },
    { of: (x) => b.pack(x!, ...nothing), inputs: [uniform([2, "t"])] },
  ],
  unpack: [
    { of: (x) => b.unpack(x!, ...packing), inputs: [uniform([3, "n", 2])] },
    { of: (x) => b.unpack(x!, ...packing), inputs: [integers([3], 9)] },
    { of: (x) => b.unpack(x!, ...nothing), inputs: [uniform([0, "t"])] },
  ],
} satisfies Record<OpName, Case[]> as Record<OpName, Case[]>;
