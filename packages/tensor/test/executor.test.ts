import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  build as b,
  createOnnxExecutor,
  FeedMismatch,
  float32,
  input,
  int64,
  lowerOnnx,
  NameClash,
  openOnnx,
  parameter,
  ShapeMismatch,
  UnboundDimension,
} from "../src/index";

const ids = input("ids", ["n", "t"], "int64");
const table = parameter("table", [5, 4]);
const pooled = b.reduceMean(b.gather(table, ids), { axes: [1] });
const weights = new Map([["table", Float32Array.from({ length: 20 }, (_, i) => i / 10)]]);

describe("the ONNX executor", () => {
  it("serves every batch shape from one graph with its weights inside", async () => {
    const executor = await createOnnxExecutor({ outputs: { pooled }, weights });
    expect(executor.inputs).toEqual(["ids"]);
    for (const dims of [
      [1, 1],
      [2, 3],
      [4, 2],
    ] as const) {
      const { pooled: result } = await executor.run({ ids: int64(new Array(dims[0] * dims[1]).fill(3), dims) });
      expect(result!.dims).toEqual([dims[0], 4]);
      expect(Array.from(result!.data.slice(0, 4) as Float32Array, (e) => Math.round(e * 10))).toEqual([12, 13, 14, 15]);
    }
    await executor.close();
  });

  it("opens a model from a file, and takes weights as inputs where the model has none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "borda-tensor-"));
    await writeFile(join(folder, "model.onnx"), lowerOnnx({ outputs: { pooled }, inputs: [ids, table] }));
    const executor = await openOnnx(join(folder, "model.onnx"), { threads: 2, memory: "release" });
    expect(executor.inputs).toEqual(["ids", "table"]);
    const { pooled: result } = await executor.run({
      ids: int64([0], [1, 1]),
      table: float32(weights.get("table")!, [5, 4]),
    });
    expect(result!.dims).toEqual([1, 4]);
    await executor.close();
    await rm(folder, { recursive: true });
  });

  it("leaves the processor alone once a run has ended", async () => {
    const x = input("x", [256, 256]);
    const executor = await createOnnxExecutor({ outputs: { product: b.matmul(x, x) } }, { threads: 2 });
    const spent: number[] = [];
    for (let run = 0; run < 5; run++) {
      await executor.run({ x: float32(new Float32Array(256 * 256), [256, 256]) });
      const before = process.cpuUsage();
      await pause(30);
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / 1000);
    }
    // By itself onnxruntime keeps a core busy for 50 ms; what else this process does comes and goes.
    expect(Math.min(...spent)).toBeLessThan(10);
    await executor.close();
  });

  it("writes an output over the input that it replaces", async () => {
    const w = parameter("w", [3]);
    const executor = await createOnnxExecutor({ outputs: { next: b.sub(w, b.mul(w, 0.5)) } });
    const value = float32([2, 4, 6]);
    for (let run = 0; run < 2; run++) await executor.run({ w: value }, { next: value });
    expect(Array.from(value.data)).toEqual([0.5, 1, 1.5]);
    await executor.close();
  });

  it("says which feed is missing, misshapen or of the wrong type", async () => {
    const executor = await createOnnxExecutor({ outputs: { y: b.add(input("x", ["n", 2]), input("z", ["n", 1])) } });
    const x = float32([1, 2, 3, 4], [2, 2]);
    await expect(executor.run({ x })).rejects.toThrow(new FeedMismatch('"z" [n, 1] is not fed'));
    await expect(executor.run({ x, z: float32([1], [1, 1]) })).rejects.toThrow(
      /"z" is \[n, 1\] with n = 2, but \[1, 1\]/,
    );
    await expect(executor.run({ x, z: int64([1, 2], [2, 1]) })).rejects.toThrow(/"z" takes float32, not int64/);
    await executor.close();
  });

  it("computes an equal expression once", () => {
    const x = input("x", ["n"]);
    const twice = lowerOnnx({ outputs: { y: b.add(b.exp(b.neg(x)), b.exp(b.neg(x))) } });
    const text = Buffer.from(twice).toString("latin1");
    expect(text.match(/Exp_\d+/g)!.every((name) => name === text.match(/Exp_\d+/)![0])).toBe(true);
  });

  it("refuses names that clash and sizes that nothing carries", () => {
    const x = input("x", ["n"]);
    expect(() => lowerOnnx({ outputs: { x: b.neg(x) } })).toThrow(NameClash);
    expect(() => lowerOnnx({ outputs: { y: b.add(x, input("x", [1])) } })).toThrow(NameClash);
    expect(() => lowerOnnx({ outputs: { y: b.range({ size: "n*k" }) }, inputs: [x] })).toThrow(UnboundDimension);
    expect(() => b.add(x, input("z", ["m"]))).toThrow(ShapeMismatch);
    expect(() => b.add(x, input("z", ["n"], "int64"))).toThrow(/float32 and int64: cast one/);
    expect(() => b.where(x, 1, 0)).toThrow(ShapeMismatch);
  });

  it("loses no update of a table row that thousands of tokens share, on any number of threads", async () => {
    const tokens = input("tokens", ["m"], "int64");
    const updates = input("updates", ["m", 64]);
    const executor = await createOnnxExecutor(
      { outputs: { sums: b.scatterAdd(tokens, updates, { rows: 50 }) } },
      { threads: 2 },
    );
    const m = 9000;
    const feeds = {
      tokens: int64(Array.from({ length: m }, (_, i) => (i % 3 === 0 ? 1 : 0))),
      updates: float32(new Float32Array(m * 64).fill(1), [m, 64]),
    };
    for (let run = 0; run < 5; run++) {
      const sums = (await executor.run(feeds)).sums!.data as Float32Array;
      expect(sums.subarray(0, 64).every((sum) => sum === 6000)).toBe(true);
      expect(sums.subarray(64, 128).every((sum) => sum === 3000)).toBe(true);
    }
    await executor.close();
  });
});
