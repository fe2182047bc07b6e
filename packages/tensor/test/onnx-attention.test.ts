import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { beforeEach, describe, expect, test } from "vitest";
import { build, evaluate, float32, input, openOnnx, type Tensor, writeOnnx } from "../src";

const [heads, width, depth] = [3, 4, 12];
const x = input("x", ["n", "t", depth]);
const seen = input("seen", ["n", "t"]);

const hidden = float32(
  Float32Array.from({ length: 2 * 5 * depth }, (_, i) => Math.sin(i * i)),
  [2, 5, depth],
);
/** Rows of 5 places: without padding, and with the last two of the second row being it. */
const batches = [
  { x: hidden, seen: float32(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), [2, 5]) },
  { x: hidden, seen: float32(Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0), [2, 5]) },
];

const padding = build.reshape(build.mul(build.sub(1, seen), -1e9), { shape: ["n", 1, 1, "t"] });
const places = build.range({ size: "t" });
const behind = build.cast(
  build.sub(build.reshape(places, { shape: ["t", 1] }), build.reshape(places, { shape: [1, "t"] })),
  { to: "float32" },
);
const slopes = build.reshape(build.cast(build.range({ size: heads }), { to: "float32" }), { shape: [heads, 1, 1] });

interface Form {
  readonly bias?: Tensor;
  readonly scale?: number;
  readonly cap?: number;
  readonly rotated?: boolean;
  readonly groups?: number;
  readonly axis?: number;
  /** The second layer has one query a row, its second place. */
  readonly single?: boolean;
}

/** Two layers that share a bias; each attends over what the one before it gave. */
function layers(form: Form) {
  const { scale = width ** -0.5, cap, rotated = false, groups = heads, axis = -1, single = false } = form;
  const split = (value: Tensor, count: number) => {
    const whole = build.reshape(value, { shape: ["n", value.shape[1]!, count, width] });
    return build.transpose(whole, { permutation: [0, 2, 1, 3] });
  };
  const second = (value: Tensor, along: number) =>
    value.shape[along] === 1 ? value : build.slice(value, { axis: along, start: 1, end: 2 });
  const layer = (from: Tensor, at: number, one = false) => {
    const { bias: all = padding } = form;
    const bias = one ? second(all, 2) : all;
    const part = (by: number) => build.mul(from, by + at);
    const shared = (by: number) =>
      groups === heads
        ? split(part(by), heads)
        : split(build.slice(part(by), { axis: 2, start: 0, end: groups * width }), groups);
    const query = split(one ? second(part(0.2), 1) : part(0.2), heads);
    const scaled = scale === 1 ? query : build.mul(query, scale);
    const scores = build.matmul(rotated ? build.neg(scaled) : scaled, shared(0.4), { transposeY: true });
    const capped = cap === undefined ? scores : build.mul(build.tanh(scores), cap);
    const weights = build.softmax(build.add(capped, bias), { axis });
    const mixed = build.transpose(build.matmul(weights, shared(0.6)), { permutation: [0, 2, 1, 3] });
    return build.reshape(mixed, { shape: ["n", mixed.shape[1]!, depth] });
  };
  return { first: layer(x, 0.5), second: layer(layer(x, 0.5), 0.25, single) };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-attention-"));
  return () => rm(folder, { recursive: true });
});

/** What the written file has of an operator, and how far its outputs are from the interpreter's. */
async function written(outputs: Record<string, Tensor>) {
  const path = join(folder, "model.onnx");
  await writeOnnx(path, { outputs, inputs: [x, seen] });
  const nodes = nodesOf(onnxProto.onnx.ModelProto.decode(await readFile(path)).graph!);
  const executor = await openOnnx(path);
  const errors: number[] = [];
  for (const feeds of batches) {
    const actual = await executor.run(feeds);
    for (const [name, { data }] of Object.entries(evaluate(outputs, feeds)))
      errors.push(...Array.from(data, (value, i) => Math.abs(value - Number(actual[name]!.data[i]))));
  }
  await executor.close();
  const count = (operator: string) => nodes.filter(({ opType }) => opType === operator).length;
  return { count, error: Math.max(...errors) };
}

/** A graph's nodes, those of branches included. */
function nodesOf({ node }: onnxProto.onnx.IGraphProto): onnxProto.onnx.INodeProto[] {
  return node!.flatMap((each) => [each, ...each.attribute!.flatMap(({ g }) => (g ? nodesOf(g) : []))]);
}

describe("attention in a written model", () => {
  test.each<[string, Form]>([
    ["padding hidden", {}],
    ["what comes later hidden", { bias: build.add(padding, build.mul(build.relu(build.neg(behind)), -1e9)) }],
    ["a bias a head", { bias: build.add(padding, build.mul(build.abs(behind), build.mul(slopes, -0.3))) }],
    ["a bias of the lengths alone", { bias: build.mul(build.abs(behind), -0.3) }],
    ["scores as they are", { scale: 1 }],
    ["another scale", { scale: 0.11 }],
  ])("is one node a layer with %s, with its bias or without", async (_, form) => {
    const { count, error } = await written(layers(form));
    expect([count("If"), count("MultiHeadAttention"), count("Expand")]).toEqual([2, 4, 1]);
    expect([count("Softmax"), count("Transpose")]).toEqual([0, 0]);
    expect(error).toBeLessThan(2e-6);
  });

  test.each<[string, Form]>([
    ["padding hidden", {}],
    ["what comes later hidden", { bias: build.add(padding, build.mul(build.relu(build.neg(behind)), -1e9)) }],
  ])("is one node in a layer with one query a row, too, with %s", async (_, form) => {
    const { count, error } = await written(layers({ ...form, single: true }));
    expect([count("If"), count("MultiHeadAttention"), count("Expand")]).toEqual([2, 4, 2]);
    expect([count("Softmax"), count("Transpose")]).toEqual([0, 0]);
    expect(error).toBeLessThan(2e-6);
  });

  test("is computed without its bias where all of it is zero", async () => {
    const path = join(folder, "model.onnx");
    await writeOnnx(path, { outputs: layers({}), inputs: [x, seen] });
    const model = onnxProto.onnx.ModelProto.decode(await readFile(path));
    const { input: conditions } = model.graph!.node!.find(({ opType }) => opType === "If")!;
    const elemType = onnxProto.onnx.TensorProto.DataType.BOOL;
    model.graph!.output!.push({ name: conditions![0]!, type: { tensorType: { elemType } } });
    const executor = await openOnnx(onnxProto.onnx.ModelProto.encode(model).finish());
    const without = await Promise.all(
      batches.map(async (feeds) => (await executor.run(feeds))[conditions![0]!]!.data[0]),
    );
    await executor.close();
    expect(without.map(Boolean)).toEqual([true, false]);
    const [then, otherwise] = ["then_branch", "else_branch"].map(
      (name) =>
        nodesOf(model.graph!)
          .flatMap(({ attribute }) => attribute!)
          .find((each) => each.name === name)!.g!.node![0]!.input!.length,
    );
    expect([then, otherwise]).toEqual([3, 6]);
  });

  test.each<[string, Form]>([
    ["capped scores", { cap: 2 }],
    ["queries that are changed once they are split", { rotated: true }],
    ["a sum over the queries", { bias: build.mul(build.abs(behind), -0.3), axis: -2 }],
    ["a key head for all", { groups: 1 }],
  ])("stays as it is with %s", async (_, form) => {
    const { count, error } = await written(layers(form));
    expect([count("MultiHeadAttention"), count("Softmax")]).toEqual([0, 2]);
    expect(error).toBeLessThan(2e-6);
  });

  test("stays as it is where its heads are looked at before they are joined", async () => {
    const { first } = layers({});
    const heads = build.mul(first.inputs[0]!, 2);
    const { count, error } = await written({ first, heads });
    expect([count("MultiHeadAttention"), count("Softmax")]).toEqual([0, 1]);
    expect(error).toBeLessThan(2e-6);
  });
});
