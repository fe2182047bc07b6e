import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkout } from "../bootstrap/checkout.mjs";
import { requireSpace } from "../bootstrap/disk.mjs";
import { isInstalled } from "../bootstrap/install.mjs";
import { startOf, takeLock } from "../bootstrap/lock.mjs";
import { missingPlatforms, withAllPlatforms } from "../bootstrap/lockfile.mjs";
import { requireNode } from "../bootstrap/node-version.mjs";
import { registryAddresses } from "../checks/repository";

const folders: string[] = [];
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-scripts-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("the Node version", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0"])("%s is new enough", (version) => {
    expect(() => requireNode(version)).not.toThrow();
  });

  it.each(["18.20.4", "20.18.3"])("%s is refused in one sentence that names the remedy", (version) => {
    expect(() => requireNode(version)).toThrow(/^Borda needs Node 20\.19 or newer and this is Node .*: install .*\.$/);
  });
});

describe("node_modules", () => {
  const write = (folder: string, wanted: object, present?: object) => {
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...wanted } }));
    if (!present) return;
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages: present }));
  };

  it("matches the lock file when npm installed every package of this platform", () => {
    const folder = temporary();
    const zod = { "node_modules/zod": { version: "4.0.0" } };
    write(folder, { ...zod, "node_modules/other-platform": { version: "1.0.0", optional: true } }, zod);
    expect(isInstalled(folder)).toBe(true);
  });

  it("does not match after a change of a version, an addition, or before the install", () => {
    const [changed, added, never] = [temporary(), temporary(), temporary()];
    write(changed, { "node_modules/zod": { version: "4.0.1" } }, { "node_modules/zod": { version: "4.0.0" } });
    write(added, { "node_modules/zod": { version: "4.0.0" } }, {});
    write(never, {});
    expect([changed, added, never].map(isInstalled)).toEqual([false, false, false]);
  });
});

describe("a full disk", () => {
  it("is told in one sentence before anything is begun", async () => {
    const free = async () => 5 * 2 ** 20;
    await expect(requireSpace("/home/x", 300 * 2 ** 20, "Borda", free)).rejects.toThrow(
      "The disk that holds /home/x is full (Borda needs 300 MB and 5 MB are left): free some space and start again.",
    );
  });
});

describe("a lock", () => {
  it("is held by one process, and free again after its release", () => {
    const path = join(temporary(), "lock");
    const lock = takeLock(path);
    expect(takeLock(path)).toEqual({ heldBy: process.pid });
    if ("release" in lock) lock.release();
    expect(takeLock(path)).toHaveProperty("release");
  });

  it("of a process that was killed is taken over", () => {
    const path = join(temporary(), "lock");
    const script = `
      const { takeLock } = await import(${JSON.stringify(join(checkout, "scripts/bootstrap/lock.mjs"))});
      takeLock(${JSON.stringify(path)});
      process.kill(process.pid, "SIGKILL");`;
    spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
    expect(readdirSync(join(path, ".."))).toEqual(["lock"]);
    expect(takeLock(path)).toHaveProperty("release");
  });

  it("names the very process, not just its number", () => {
    const path = join(temporary(), "lock");
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: "another one with this number" }));
    expect(startOf(process.pid)).not.toBe("");
    expect(takeLock(path)).toHaveProperty("release");
  });
});

describe("package-lock.json", () => {
  it("may link workspaces, and may not name a registry", () => {
    expect(registryAddresses('"resolved": "apps/web"')).toEqual([]);
    expect(registryAddresses('"resolved": "https://registry.npmjs.org/zod/-/zod-4.0.0.tgz"')).toHaveLength(1);
  });

  it("names every platform's packages, also those that a partial mirror left out", () => {
    const optionalDependencies = {
      "@turbo/windows-arm64": "2.0.0",
      "@swc/core-linux-x64-musl": "2.0.0",
      "@turbo/linux-64": "2.0.0",
    };
    const packages = {
      "": {},
      "node_modules/turbo": { version: "2.0.0", dev: true, optionalDependencies },
      "node_modules/@turbo/linux-64": { version: "2.0.0", optional: true },
    };
    const lock = withAllPlatforms({ packages });
    expect(missingPlatforms({ packages }).map(({ name }) => name)).toEqual([
      "@turbo/windows-arm64",
      "@swc/core-linux-x64-musl",
    ]);
    expect(missingPlatforms(lock)).toEqual([]);
    expect(lock.packages).toMatchObject({
      "node_modules/@turbo/windows-arm64": {
        version: "2.0.0",
        os: ["win32"],
        cpu: ["arm64"],
        dev: true,
        optional: true,
      },
      "node_modules/@swc/core-linux-x64-musl": { os: ["linux"], cpu: ["x64"], libc: ["musl"] },
    });
  });
});
