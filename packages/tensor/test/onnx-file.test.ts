import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { build, float32, input, int64, openOnnx, parameter, writeOnnx } from "../src";

/** Two layers over an embedding, wide enough for int8; the second matrix is also read transposed. */
const [vocabulary, width, inner] = [40, 32, 48];
const shapes = {
  table: [vocabulary, width],
  inward: [inner, width],
  bias: [inner],
  outward: [inner, width],
  head: [1, width],
} as const;

function graph() {
  const of = (name: keyof typeof shapes) => parameter(name, [...shapes[name]]);
  const ids = input("ids", ["n", "t"], "int64");
  const x = build.reshape(build.gather(of("table"), ids), { shape: [-1, width] });
  const wide = build.tanh(build.linear(x, of("inward"), of("bias"), { outFirst: true }));
  const narrow = build.add(build.matmul(wide, of("outward")), build.matmul(wide, of("inward")));
  const logits = build.matmul(narrow, of("head"), { transposeY: true });
  return { outputs: { logits, wide: build.tanh(wide) }, inputs: [ids], weights: weights() };
}

function weights(): Map<string, Float32Array> {
  let wave = 0;
  return new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((product: number, size) => product * size, 1);
      return [name, Float32Array.from({ length }, () => Math.sin((++wave) ** 2))];
    }),
  );
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-onnx-"));
  return () => rm(folder, { recursive: true });
});

async function run(path: string) {
  const executor = await openOnnx(path);
  const ids = int64([...Array(vocabulary).keys()], [2, vocabulary / 2]);
  const results = await executor.run({ ids });
  await executor.close();
  return { logits: results.logits!.data as Float32Array, wide: results.wide!.data as Float32Array };
}

describe("an ONNX model in files", () => {
  test("computes the same with its weights in a file of their own", async () => {
    const path = join(folder, "model.onnx");
    await writeOnnx(path, graph());
    expect(await readdir(folder)).toEqual(["model.onnx"]);
    const expected = await run(path);
    const size = (await stat(path)).size;
    await rm(path);

    await writeOnnx(path, graph(), { externalAbove: 1000 });
    expect((await readdir(folder)).sort()).toEqual(["model.onnx", "model.onnx_data"]);
    expect((await stat(path)).size).toBeLessThan(size / 3);
    expect(await run(path)).toEqual(expected);
  });

  test("is not written over", async () => {
    const path = join(folder, "model.onnx");
    await writeOnnx(path, graph());
    await expect(writeOnnx(path, graph())).rejects.toMatchObject({ code: "EEXIST" });
  });
});

describe("an ONNX model in int8", () => {
  test("is much smaller, and as near as 8 bits are", async () => {
    const [exact, quantized] = [join(folder, "exact.onnx"), join(folder, "quantized.onnx")];
    await writeOnnx(exact, graph());
    await writeOnnx(quantized, graph(), { precision: "int8" });
    // The second matrix is stored for either way of reading it.
    expect((await stat(quantized)).size).toBeLessThan(0.6 * (await stat(exact)).size);
    const [expected, actual] = [await run(exact), await run(quantized)];
    for (const name of ["logits", "wide"] as const) {
      const largest = Math.max(...expected[name].map(Math.abs));
      const off = Math.max(...expected[name].map((value, i) => Math.abs(value - actual[name][i]!)));
      expect(off).toBeGreaterThan(0);
      expect(off / largest).toBeLessThan(0.1);
    }
  });

  test("keeps a table's rows and a matrix of zeros", async () => {
    const ids = input("ids", ["n"], "int64");
    const table = parameter("table", [20, 16]);
    const rows = build.gather(table, ids);
    const none = build.matmul(rows, parameter("zeros", [16, 16]));
    const values = Float32Array.from({ length: 320 }, (_, i) => (i < 16 ? 0 : [1, 127, -127][i % 3]!));
    const path = join(folder, "model.onnx");
    const known = new Map([
      ["table", values],
      ["zeros", new Float32Array(256)],
    ]);
    await writeOnnx(path, { outputs: { rows, none }, inputs: [ids], weights: known }, { precision: "int8" });
    const executor = await openOnnx(path);
    const results = await executor.run({ ids: int64([1, 0, 19], [3]) });
    await executor.close();
    const expected = [1, 0, 19].flatMap((row) => [...values.slice(16 * row, 16 * row + 16)]);
    expect(results.rows).toEqual(float32(expected, [3, 16]));
    expect(new Set(results.none!.data as Float32Array)).toEqual(new Set([0]));
  });
});
