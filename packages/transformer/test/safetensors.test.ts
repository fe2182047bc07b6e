import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InvalidSafetensors, openSafetensors, readSafetensors, writeSafetensors } from "../src";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of the given header and values, as another program would write it. */
async function fileOf(header: unknown, values: Uint8Array = new Uint8Array()): Promise<string> {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const path = join(folder, `${crypto.randomUUID()}.safetensors`);
  await writeFile(path, Buffer.concat([length, json, values]));
  return path;
}
const bytes = (array: Uint16Array | Float32Array) => new Uint8Array(array.buffer);

describe("a safetensors file", () => {
  test("gives back what was written, bit for bit, with its shapes and metadata", async () => {
    const path = join(folder, "round.safetensors");
    const special = Float32Array.of(0, -0, 1e-45, -3.4e38, Number.POSITIVE_INFINITY, Number.NaN);
    const tensors = new Map([
      ["z.weight", { shape: [2, 3], data: special }],
      ["a.bias", { shape: [1], data: Float32Array.of(0.1) }],
      ["scalar", { shape: [], data: Float32Array.of(7) }],
      ["empty", { shape: [0, 4], data: new Float32Array() }],
    ]);
    await writeSafetensors(path, tensors, { format: "pt", note: "Ünïcode" });
    const read = await readSafetensors(path);
    expect(read.metadata).toEqual({ format: "pt", note: "Ünïcode" });
    expect(read.tensors).toEqual(new Map([...tensors].sort()));
    const bits = (data: Float32Array) => [...new Uint32Array(data.buffer)];
    expect(bits(read.tensors.get("z.weight")!.data)).toEqual(bits(special));
  });

  test("has the layout of the format: length, header with __metadata__, values from an aligned byte on", async () => {
    const path = join(folder, "layout.safetensors");
    await writeSafetensors(path, new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]));
    const file = await readFile(path);
    const length = Number(file.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(JSON.parse(file.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { format: "pt" },
      w: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    expect([file.readFloatLE(8 + length), file.readFloatLE(12 + length), file.length]).toEqual([1, 2, 16 + length]);
  });

  test("is the same bytes for the same tensors, whatever their order", async () => {
    const [a, b] = [
      { shape: [1], data: Float32Array.of(1) },
      { shape: [1], data: Float32Array.of(2) },
    ];
    const paths = [join(folder, "ab"), join(folder, "ba")];
    await writeSafetensors(
      paths[0]!,
      new Map([
        ["a", a],
        ["b", b],
      ]),
    );
    await writeSafetensors(
      paths[1]!,
      new Map([
        ["b", b],
        ["a", a],
      ]),
    );
    expect(await readFile(paths[0]!)).toEqual(await readFile(paths[1]!));
  });

  test("may hold halves, which are read as the floats that they are", async () => {
    const halves = Uint16Array.of(
      0x0000,
      0x8000,
      0x3c00,
      0xc000,
      0x7bff,
      0x0001,
      0x03ff,
      0x0400,
      0x3555,
      0x7c00,
      0xfc00,
      0x7e00,
    );
    const path = await fileOf({ h: { dtype: "F16", shape: [12], data_offsets: [0, 24] } }, bytes(halves));
    expect((await readSafetensors(path)).tensors.get("h")!.data).toEqual(
      Float32Array.of(
        0,
        -0,
        1,
        -2,
        65504,
        2 ** -24,
        1023 * 2 ** -24,
        2 ** -14,
        0.333251953125,
        Infinity,
        -Infinity,
        NaN,
      ),
    );
  });

  test("may hold bfloat16, the upper half of a float", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(0xffff), { minLength: 1 }), async (halves) => {
        const end = halves.length * 2;
        const path = await fileOf(
          { b: { dtype: "BF16", shape: [halves.length], data_offsets: [0, end] } },
          bytes(Uint16Array.from(halves)),
        );
        const { data } = (await readSafetensors(path)).tensors.get("b")!;
        const expected = Float32Array.from(halves, (half) => new Float32Array(Uint32Array.of(half * 65536).buffer)[0]!);
        expect(data).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  test("is read tensor by tensor, so that one of a type unknown here hinders no other", async () => {
    const values = new Uint8Array(12);
    const path = await fileOf(
      {
        ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] },
        w: { dtype: "F32", shape: [1], data_offsets: [8, 12] },
      },
      values,
    );
    const file = await openSafetensors(path);
    expect((await file.read("w")).data).toEqual(Float32Array.of(0));
    await expect(file.read("ids")).rejects.toThrow(/ids is of type I64/);
    await expect(file.read("v")).rejects.toThrow(/no tensor v/);
    await file.close();
  });

  test("is whole or not there: a refused write leaves the old file and no other", async () => {
    const inside = await mkdtemp(join(folder, "atomic-"));
    const path = join(inside, "model.safetensors");
    const good = new Map([["w", { shape: [1], data: Float32Array.of(1) }]]);
    await writeSafetensors(path, good);
    const bad = new Map([["w", { shape: [2], data: Float32Array.of(1) }]]);
    await expect(writeSafetensors(path, bad)).rejects.toThrow(/w has 1 values, but its shape \[2\] wants 2/);
    expect((await readSafetensors(path)).tensors).toEqual(good);
    expect(await readdir(inside)).toEqual(["model.safetensors"]);
  });
});

describe("a damaged safetensors file is refused, naming what is wrong", () => {
  const w = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  test.each<[string, unknown, number, RegExp]>([
    ["a header that is no JSON", "{", 0, /not a JSON object/],
    ["a header that is no object", "[1]", 0, /not a JSON object/],
    ["metadata that are no texts", { __metadata__: { a: 1 } }, 0, /__metadata__/],
    ["a tensor without a shape", { w: { dtype: "F32", data_offsets: [0, 8] } }, 8, /tensor w, field shape/],
    ["a negative size", { w: { ...w, shape: [-2] } }, 8, /tensor w, field shape.0/],
    ["a field that the format does not have", { w: { ...w, scale: 2 } }, 8, /tensor w.*scale/],
    [
      "offsets that do not fit the shape",
      { w: { ...w, data_offsets: [0, 4] } },
      4,
      /tensor w of shape \[2\].*wants 8 bytes.*4/,
    ],
    ["a tensor past the end", { w }, 4, /cut short: tensor w/],
    ["bytes of no tensor", { w }, 12, /4 bytes that belong to no tensor/],
    ["tensors that overlap", { v: w, w }, 8, /tensor [vw] starts at/],
    ["a gap", { w: { ...w, data_offsets: [4, 12] } }, 12, /tensor w starts at/],
  ])("%s", async (_, header, length, message) => {
    const path = await fileOf(header, new Uint8Array(length));
    const refused = expect(readSafetensors(path)).rejects;
    await refused.toBeInstanceOf(InvalidSafetensors);
    await refused.toThrow(message);
  });

  test("a file too short for a header, or one that announces more than there is", async () => {
    const path = join(folder, "short");
    await writeFile(path, "short");
    await expect(readSafetensors(path)).rejects.toThrow(/5 bytes long/);
    await writeFile(path, "<html>404 not found</html>");
    await expect(readSafetensors(path)).rejects.toThrow(/cut short or no safetensors file/);
  });
});
