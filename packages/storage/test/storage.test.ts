import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AlreadyStored, asStorageError, createStorage, InvalidKey, NotStored, StorageFull, TooLarge } from "../src";

let root: string;
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "borda-storage-"));
  root = join(home, "storage");
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function* chunks(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}
const read = async (key: string, range?: { start: number; end?: number }) =>
  text(await createStorage(root).get(key, range));

describe("a stored file", () => {
  it("comes back byte for byte, with its size and hash", async () => {
    const storage = createStorage(root);
    const written = await storage.put("uploads/one", chunks("rank ", "me"));
    expect(written).toEqual({ bytes: 7, sha256: "529ac9a4490f73e9b3f75bead66433767889ee7d77d7794fbed3b263dc6e39ad" });
    expect(await read("uploads/one")).toBe("rank me");
    expect(await storage.stat("uploads/one")).toMatchObject({ kind: "file", bytes: 7 });
  });

  it("is read in a range that counts both ends", async () => {
    await createStorage(root).put("a", chunks("0123456789"));
    expect(await read("a", { start: 2, end: 4 })).toBe("234");
    expect(await read("a", { start: 8 })).toBe("89");
  });

  it("keeps its old content when a new source breaks off, is too large or is aborted", async () => {
    const storage = createStorage(root);
    await storage.put("a", chunks("old"));
    async function* broken() {
      yield Buffer.from("ne");
      throw new Error("the line went dead");
    }
    await expect(storage.put("a", broken())).rejects.toThrow("the line went dead");
    await expect(storage.put("a", chunks("12345"), { maxBytes: 4 })).rejects.toBeInstanceOf(TooLarge);
    await expect(storage.put("a", chunks("new"), { signal: AbortSignal.abort(new Error("left")) })).rejects.toThrow(
      "left",
    );
    expect(await read("a")).toBe("old");
    expect(await readdir(join(root, ".pending"))).toEqual([]);
  });

  it("is not there at all after its writer was killed in the middle", async () => {
    const script = `
      import { createStorage } from ${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))};
      async function* slow() { yield Buffer.alloc(1 << 20); console.log("half"); await new Promise((done) => setTimeout(done, 60_000)); }
      await createStorage(process.argv[1]).put("big", slow());`;
    const writer = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(writer.stdout, "data");
    writer.kill("SIGKILL");
    await once(writer, "exit");
    const storage = createStorage(root);
    expect(await storage.stat("big")).toBeNull();
    expect(await storage.sweep()).toBe(0);
    expect(await storage.sweep(0)).toBe(1);
  });

  it("streams: 256 MB pass through less than 64 MB of memory", async () => {
    const script = `
      import { createStorage } from ${JSON.stringify(join(import.meta.dirname, "../src/index.ts"))};
      const chunk = Buffer.alloc(1 << 20, 7);
      async function* big() { for (let i = 0; i < 256; i++) yield chunk; }
      const storage = createStorage(process.argv[1]);
      const before = process.memoryUsage().rss;
      await storage.put("big", big());
      let bytes = 0;
      for await (const part of await storage.get("big")) bytes += part.length;
      console.log(JSON.stringify({ bytes, grown: process.resourceUsage().maxRSS * 1024 - before }));`;
    const out = execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script, root], {
      encoding: "utf8",
    });
    const { bytes, grown } = JSON.parse(out);
    expect(bytes).toBe(256 << 20);
    expect(grown).toBeLessThan(64 << 20);
  });
});

describe("a stored folder", () => {
  const checkpoint = async () => {
    const folder = join(home, "made");
    await mkdir(join(folder, "onnx"), { recursive: true });
    await writeFile(join(folder, "borda.json"), "{}");
    await writeFile(join(folder, "onnx/model.onnx"), "graph");
    return folder;
  };

  it("moves in whole and is read at its path", async () => {
    const storage = createStorage(root);
    expect(await storage.adopt(await checkpoint(), "checkpoints/one")).toEqual({ bytes: 7 });
    const path = await storage.folder("checkpoints/one");
    expect(await readFile(join(path, "onnx/model.onnx"), "utf8")).toBe("graph");
    expect(await storage.stat("checkpoints/one")).toMatchObject({ kind: "folder", bytes: 7 });
    expect(await readdir(home)).toEqual(["storage"]);
  });

  it("moves in from another file system too", async (context) => {
    const other = await mkdtemp("/dev/shm/borda-storage-").catch(() => null);
    if (!other) return context.skip("this machine has no second file system at /dev/shm");
    try {
      await mkdir(join(other, "made"));
      await writeFile(join(other, "made/borda.json"), "{}");
      await createStorage(root).adopt(join(other, "made"), "checkpoints/far");
      expect(await readdir(await createStorage(root).folder("checkpoints/far"))).toEqual(["borda.json"]);
      expect(await readdir(other)).toEqual([]);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });

  it("is never replaced", async () => {
    const storage = createStorage(root);
    await storage.adopt(await checkpoint(), "checkpoints/one");
    await expect(storage.adopt(await checkpoint(), "checkpoints/one")).rejects.toBeInstanceOf(AlreadyStored);
    expect(await storage.remove("checkpoints/one")).toBe(true);
    expect(await storage.remove("checkpoints/one")).toBe(false);
    expect(await storage.stat("checkpoints/one")).toBeNull();
  });
});

describe("a key", () => {
  it.each([
    "",
    "/etc/passwd",
    "..",
    "a/../../b",
    "a//b",
    "a/",
    ".pending/x",
    "a/.b",
    "a\\b",
    "a\0b",
    "é",
    "x".repeat(513),
  ])("%j is refused everywhere", async (key) => {
    const storage = createStorage(root);
    await expect(storage.put(key, chunks("x"))).rejects.toBeInstanceOf(InvalidKey);
    await expect(storage.get(key)).rejects.toBeInstanceOf(InvalidKey);
    await expect(storage.stat(key)).rejects.toBeInstanceOf(InvalidKey);
    await expect(storage.folder(key)).rejects.toBeInstanceOf(InvalidKey);
    await expect(storage.adopt(home, key)).rejects.toBeInstanceOf(InvalidKey);
    await expect(storage.remove(key)).rejects.toBeInstanceOf(InvalidKey);
  });

  it("under which nothing is stored says so", async () => {
    const storage = createStorage(root);
    await expect(storage.get("uploads/none")).rejects.toBeInstanceOf(NotStored);
    await expect(storage.folder("uploads/none")).rejects.toBeInstanceOf(NotStored);
    await storage.put("uploads/file", chunks("x"));
    await expect(storage.folder("uploads/file")).rejects.toBeInstanceOf(NotStored);
    await expect(storage.get("uploads")).rejects.toBeInstanceOf(NotStored);
    await expect(storage.get("uploads/file/deeper")).rejects.toBeInstanceOf(NotStored);
  });
});

describe("a full disk", () => {
  it("is named as such, with what to do", async () => {
    const full = await open("/dev/full", "w");
    const error = await full.writeFile("x").catch((failure: unknown) => failure);
    await full.close();
    const named = asStorageError(error, root);
    expect(named).toBeInstanceOf(StorageFull);
    expect((named as StorageFull).message).toContain("free some space");
  });

  it("leaves the key as it was", async (context) => {
    await mkdir(root);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "borda-test", root], { stdio: "ignore" });
    } catch {
      return context.skip("mounting a small disk is not allowed here");
    }
    try {
      const storage = createStorage(root);
      await storage.put("a", chunks("old"));
      await expect(storage.put("a", chunks("x".repeat(2 << 20)))).rejects.toBeInstanceOf(StorageFull);
      expect(await read("a")).toBe("old");
      expect(await readdir(join(root, ".pending"))).toEqual([]);
    } finally {
      execFileSync("umount", [root]);
    }
  });
});

it("sweeps only what is old", async () => {
  const storage = createStorage(root);
  await mkdir(join(root, ".pending"), { recursive: true });
  await writeFile(join(root, ".pending/old"), "");
  await writeFile(join(root, ".pending/young"), "");
  await utimes(join(root, ".pending/old"), 0, 0);
  expect(await storage.sweep(3600)).toBe(1);
  expect(await readdir(join(root, ".pending"))).toEqual(["young"]);
});
