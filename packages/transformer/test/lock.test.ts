import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { withLock } from "../src/lock";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-lock-"));
  path = join(folder, "model.lock");
  return () => rm(folder, { recursive: true });
});
const beat = 50;

test.each([
  ["a free lock", undefined],
  ["the lock of a killed one", "killed"],
])("three that want %s at once have it one after the other, and leave nothing behind", async (_, left) => {
  if (left) await writeFile(path, left);
  let inside = 0;
  const counts: number[] = [];
  const once = () =>
    withLock(path, { beat }, async () => {
      counts.push(++inside);
      await readdir(folder);
      inside--;
    });
  await Promise.all([once(), once(), once()]);
  expect(counts).toEqual([1, 1, 1]);
  expect(await readdir(folder)).toEqual([]);
});

test("one that stood still until another took over stops, and begins again after that one", async () => {
  const ends: string[] = [];
  await withLock(path, { beat }, async (signal) => {
    if (ends.length === 0) {
      await writeFile(path, "another");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ends.push("stopped");
      signal.throwIfAborted();
    }
    ends.push("done");
  });
  expect(ends).toEqual(["stopped", "done"]);
});

test("what fails under a lock fails, and gives it back", async () => {
  const failing = withLock(path, { beat }, () => Promise.reject(new Error("the disk is full")));
  await expect(failing).rejects.toThrow("the disk is full");
  expect(await readdir(folder)).toEqual([]);
});
