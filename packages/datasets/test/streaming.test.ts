import { createReadStream, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { keyOf, openDataset, previewDataset, readGroups, recordsOf } from "../src";
import { bordaRow, bytesOf, hhRow, jsonLines, pandalmRow, readAll } from "./sources";

const folder = mkdtempSync(join(tmpdir(), "borda-datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function collect(text: string, size: number, limit?: number) {
  const records = [];
  for await (const { bytes, ...record } of recordsOf(bytesOf(text, size), () => 0, limit)) records.push(record);
  return records;
}

describe("records do not depend on how the bytes arrive", () => {
  const anyRecord = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue());
  test("one value a line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { minLength: 1 }), fc.integer({ min: 1, max: 40 }), async (list, size) => {
        const found = await collect(jsonLines(...list), size);
        expect(found).toEqual(
          JSON.parse(JSON.stringify(list)).map((value: unknown, i: number) => ({ line: i + 1, value })),
        );
      }),
    );
  });
  test("one list, pretty or not", async () => {
    const indents = fc.constantFrom(0, 1, "\t");
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord), fc.integer({ min: 1, max: 40 }), indents, async (list, size, indent) => {
        const found = await collect(JSON.stringify(list, null, indent), size);
        expect(found.map((record) => "value" in record && record.value)).toEqual(JSON.parse(JSON.stringify(list)));
      }),
    );
  });
  test("a list that is cut off, goes on, or holds a broken element says so and gives the rest", async () => {
    expect(await collect('[{"a":1},{"b":', 3)).toMatchObject([{ value: { a: 1 } }, { fault: {} }]);
    expect(await collect('[{"a":1}]\nmore', 3)).toMatchObject([{ value: { a: 1 } }, { line: 2, fault: {} }]);
    expect(await collect('[{"a":},\n{"b":2}}, 3]', 3)).toMatchObject([{ fault: {} }, { fault: {} }, { value: 3 }]);
  });
  test("a record beyond the limit is left out, and the next ones are read", async () => {
    const text = jsonLines({ a: "x".repeat(500) }, { b: 1 });
    expect(await collect(text, 7, 100)).toMatchObject([
      { line: 1, fault: {} },
      { line: 2, value: { b: 1 } },
    ]);
  });
  test("bytes that are not UTF-8 are a fault of their line", async () => {
    const bytes = Buffer.concat([Buffer.from([0x22, 0xff, 0x22, 0x0a]), Buffer.from(jsonLines({ b: 1 }))]);
    const found = [];
    for await (const record of recordsOf(bytesOf(bytes), () => 0)) found.push(record);
    expect(found).toMatchObject([
      { line: 1, fault: { problem: "is not UTF-8" } },
      { line: 2, value: { b: 1 } },
    ]);
  });
});

describe("a large file needs no more memory than a small one", () => {
  const long = { ...pandalmRow, response1: "word ".repeat(4000) };
  const element = JSON.stringify(long, null, 1);
  async function* pandalmList(count: number) {
    for (let i = 0; i < count; i++) yield Buffer.from(`${i === 0 ? "[" : ","}\n${element}`);
    yield Buffer.from("\n]");
  }
  async function* hhLines(count: number) {
    const line = Buffer.from(jsonLines({ ...hhRow, chosen: hhRow.chosen + " word".repeat(4000) }));
    for (let i = 0; i < count; i++) yield line;
  }
  async function peakOf(source: AsyncIterable<Uint8Array>): Promise<{ rows: number; peak: number }> {
    let [rows, peak] = [0, 0];
    for await (const event of (await openDataset(source)).events) {
      if (event.type === "row") rows += 1;
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      if (rows % 50 === 0) peak = Math.max(peak, heapUsed + arrayBuffers);
    }
    return { rows, peak };
  }
  test.each([
    ["PandaLM's one list", (count: number) => pandalmList(count)],
    ["HH in gzip", (count: number) => Readable.from(hhLines(count)).pipe(createGzip({ level: 1 }))],
  ])(
    "%s",
    async (_, make) => {
      await peakOf(make(200));
      const small = await peakOf(make(200)); // 4 MB
      const large = await peakOf(make(5000)); // 100 MB
      expect([small.rows, large.rows]).toEqual([200, 5000]);
      expect(large.peak).toBeLessThan(small.peak + 96 * 2 ** 20);
    },
    60_000,
  );
});

test("a preview reads no further than its rows, and closes the file", async () => {
  let [given, closed] = [0, false];
  async function* endless() {
    try {
      for (;;) {
        given += 1;
        yield Buffer.from(jsonLines({ ...bordaRow, prompt: `Prompt ${given}` }));
      }
    } finally {
      closed = true;
    }
  }
  const { format, rows } = await previewDataset(endless());
  expect(format).toEqual({ name: "borda", title: "Borda JSON Lines" });
  expect(rows).toHaveLength(5);
  expect(given).toBeLessThan(50);
  expect(closed).toBe(true);
});

test("fields of Borda's own format that are not read are told, each once and not without end", async () => {
  const rows = [
    bordaRow,
    { ...bordaRow, rankings: [], "so\nurce": 1 },
    { ...bordaRow, rankings: [] },
    "no object",
    null,
  ];
  expect((await openDataset(bytesOf(jsonLines(...rows), 100))).ignored).toEqual(["rankings", "so\\u000aurce"]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`f${at}`, at]));
  expect((await openDataset(bytesOf(jsonLines({ ...bordaRow, ...many }), 100))).ignored).toHaveLength(20);
  const hh = { chosen: "\n\nHuman: a\n\nAssistant: b", rejected: "\n\nHuman: a\n\nAssistant: c", source: 1 };
  expect((await openDataset(bytesOf(jsonLines(hh), 100))).ignored).toEqual([]);
});

test("an abort ends the reading", async () => {
  const control = new AbortController();
  const { events } = await openDataset(bytesOf(jsonLines(...Array(1000).fill(bordaRow)), 100), {
    signal: control.signal,
  });
  await expect(async () => {
    for await (const event of events) if (event.bytes > 0) control.abort();
  }).rejects.toMatchObject({ name: "AbortError" });
});

describe("groups", () => {
  test("rows of one prompt are one group: each completion once, every ranking over the merged indices", async () => {
    const one = join(folder, "one.jsonl");
    const two = join(folder, "two.jsonl");
    const [a, b, c] = [{ text: "a" }, { text: "b" }, { text: "c" }];
    writeFileSync(
      one,
      jsonLines(
        { prompt: "p", completions: [a, b], tiers: [[0], [1]], labeler: "Ada" },
        { prompt: "q", completions: [a, b] },
      ),
    );
    writeFileSync(
      two,
      jsonLines({ prompt: "p", completions: [c, b], tiers: [[1], [0]], labeler: "Bo" }, { prompt: "p" }),
    );
    const issues: unknown[] = [];
    const groups = await readGroups([one, two], (issue) => issues.push(issue));
    expect(groups).toEqual([
      {
        key: keyOf("p"),
        prompt: "p",
        completions: [a, b, c],
        rankings: [
          { labeler: "Ada", tiers: [[0], [1]], unacceptableFrom: null },
          { labeler: "Bo", tiers: [[1], [2]], unacceptableFrom: null },
        ],
      },
      { key: keyOf("q"), prompt: "q", completions: [a, b], rankings: [] },
    ]);
    expect(issues).toMatchObject([{ path: two, line: 2, field: "completions" }]);
  });

  test("a text and a chat of that text are different prompts; a chat is known by roles and contents", () => {
    expect(keyOf("Hi")).not.toBe(keyOf([{ role: "user", content: "Hi" }]));
    expect(keyOf([{ role: "user", content: "Hi" }])).toBe(keyOf([{ content: "Hi", role: "user" }]));
    expect(keyOf([{ role: "user", content: "Hi" }])).not.toBe(keyOf([{ role: "assistant", content: "Hi" }]));
  });
});

/** Real files, where they lie beside the checkout: what is bad in them was found by another program. */
const real = join(import.meta.dirname, "../../../../shared/data");
test.skipIf(!existsSync(real))("the real files give every good row and every bad one", async () => {
  const read = (name: string) => readAll(createReadStream(join(real, name)));
  const lines = ({ issues }: { issues: { line: number }[] }) => issues.map(({ line }) => line);
  const alpaca = await read("alpaca_eval_k9.jsonl");
  expect([alpaca.format, alpaca.rows.length]).toEqual(["borda", 570]);
  expect(lines(alpaca)).toEqual([46, 225, 284, 313, 502]);
  const hh = await read("hh_harmless_base_test.jsonl.gz");
  expect([hh.format, hh.rows.length]).toEqual(["hh", 1627]);
  expect(lines(hh)).toEqual([70, 360, 649, 776, 1197, 1380, 1382]);
  const pandalm = await read("pandalm_testset.json");
  expect([pandalm.format, pandalm.rows.length, pandalm.issues.length]).toEqual(["pandalm", 696, 22]);
  expect(pandalm.issues.filter(({ problem }) => problem === "is a boolean")).toHaveLength(6);
  const trees = await read("oasst_en_trees.jsonl");
  expect([trees.format, trees.rows.length, trees.issues.length]).toEqual(["openassistant", 154, 0]);
});
