import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-quiet-"));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);
const program = `
  const { build, createExecutor, float32, input } = await import(${entry});
  const executor = await createExecutor({ outputs: { y: build.neg(input("x", ["n"])) } }, { executor: "onnx" });
  console.log((await executor.run({ x: float32([2], [1]) })).y.data[0]);
  await executor.close();`;

/** Files that a session leaves in the user's folders: what onnxruntime keeps for its maker. */
async function leftBySession(): Promise<string[]> {
  const { CI: _, ORT_DISABLE_TELEMETRY: __, ...outside } = process.env;
  const env = { ...outside, TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: join(folder, "cache") };
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout.trim()).toBe("-2");
  return (await readdir(folder, { recursive: true })).filter((name) => !name.includes("tsx"));
}

// Its builds for Windows tell their system instead, which is asked whether it passes it on.
describe.runIf(process.platform === "linux")("onnxruntime", () => {
  it("keeps nothing for its maker", async () => {
    expect(await leftBySession()).toEqual([]);
  });
});
