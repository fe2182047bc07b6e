import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { trainCheckpoint } from "./checkpoints";
import { program } from "./program";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-quiet-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const pool = new URL("../src/inference/pool.ts", import.meta.url).href;
const scoring = `
  const [program, folder] = process.argv.slice(2);
  const { createPool } = await import(${JSON.stringify(pool)});
  const options = { threads: 1, coresPerThread: 1, precision: "float32", onCrash: console.error };
  const pool = createPool({ ...options, program: new URL(program) });
  await pool.open("one", folder);
  console.log((await pool.score("one", [{ prompt: "How?", completions: ["So.", "No."] }])).flat().length);
  await pool.end();`;

it("threads that score keep nothing for onnxruntime's maker", async () => {
  const [folder, script] = [join(home, "checkpoint"), join(home, "scoring.mjs")];
  await trainCheckpoint(folder, 1);
  await writeFile(script, scoring);
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...outside } = process.env;
  const env = { ...outside, TMPDIR: home, HOME: home, XDG_CACHE_HOME: join(home, "cache") };
  const args = ["--import", import.meta.resolve("tsx"), script, program.href, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout.trim()).toBe("2");
  const found = (await readdir(home)).filter((name) => !name.startsWith("tsx"));
  expect(found.sort()).toEqual(["checkpoint", "scoring.mjs"]);
});
