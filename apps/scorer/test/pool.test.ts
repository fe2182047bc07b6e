import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../src/inference/pool";
import { trainCheckpoint } from "./checkpoints";
import { program } from "./program";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-pool-"));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** The program of a thread, which dies of the prompt "die". */
async function mortalProgram(): Promise<URL> {
  const path = join(home, "mortal.mjs");
  await writeFile(
    path,
    `import { parentPort } from "node:worker_threads";
    import ${JSON.stringify(program.href)};
    parentPort.on("message", ({ groups }) => groups?.[0].prompt === "die" && process.exit(3));`,
  );
  return pathToFileURL(path);
}

const group = (prompt: string) => [{ prompt, completions: ["Step by step.", "no"] }];

describe("a thread that died", () => {
  it("takes no batch until it has reopened every checkpoint, however often that fails", async () => {
    const failures: unknown[] = [];
    const pool = createPool({
      program: await mortalProgram(),
      threads: 1,
      coresPerThread: 1,
      precision: "float32",
      onCrash: (error) => failures.push(error),
    });
    const folder = join(home, "checkpoint");
    await trainCheckpoint(folder, 1);
    await pool.open("checkpoint", folder);
    const before = await pool.score("checkpoint", group("How?"));
    await rename(folder, `${folder}-away`);
    await expect(pool.score("checkpoint", group("die"))).rejects.toThrow(/ended with code 3/);
    await expect.poll(() => failures.length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(pool.hasFree).toBe(false);

    await rename(`${folder}-away`, folder);
    await expect.poll(() => pool.hasFree, { timeout: 20_000 }).toBe(true);
    expect(await pool.score("checkpoint", group("How?"))).toEqual(before);
    await pool.end();
  });
});
