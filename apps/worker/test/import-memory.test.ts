import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, openHouse } from "./house";
import { startWorkerProcess } from "./worker-process";

const megabyte = 2 ** 20;
/** V8 may keep so much in its heap: rows that are held on to end the worker. Buffers lie beside the heap. */
const heap = 128;
const large = 144 * megabyte;
/** A large file may take so much more than a small one, in heap and buffers; whole in memory it would take all of its size. */
const allowance = large / 2;

let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 120_000);
afterAll(() => house?.close());

/** One prompt with its two completions, 64 kB, over and over: the file is long to read and short to store. */
const row = Buffer.from(
  `${JSON.stringify({
    prompt: "Why is the sky blue?",
    completions: [{ text: "Air scatters blue light more. ".repeat(1100) }, { text: "Because it is. ".repeat(2180) }],
    tiers: [[0], [1]],
    labeler: "ann",
  })}\n`,
);

function fileOf(rows: number, pack: "plain" | "gzip"): AsyncIterable<Uint8Array> {
  const content = Readable.from(Array.from({ length: rows }, () => row));
  return pack === "gzip" ? content.pipe(createGzip({ level: 1 })) : content;
}

async function bring(rows: number, pack: "plain" | "gzip") {
  const project = await house.project();
  return house.imported(await house.upload(project, `${rows} rows, ${pack}`, fileOf(rows, pack)));
}

it.each(["plain", "gzip"] as const)(
  "a large %s file needs no more memory than a small one",
  async (pack) => {
    const worker = await startWorkerProcess(house, {}, [`--max-old-space-size=${heap}`]);
    try {
      await bring(20, pack);
      const before = await worker.peakMemory();
      const rows = Math.ceil(large / row.length);
      const found = await bring(rows, pack);
      expect(found).toMatchObject({ state: "FINISHED", rowsRead: rows, badRows: 0 });
      expect(found).toMatchObject({ prompts: 1, completions: 2, rankings: 1 });
      expect((await worker.peakMemory()) - before).toBeLessThan(allowance);
    } finally {
      await worker.stop();
    }
  },
  120_000,
);
