import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "../bootstrap/checkout.mjs";
import { createBackoff } from "../supervisor/backoff";
import { openHome } from "../supervisor/home";
import { readOptions } from "../supervisor/options";
import { freePort, freePortPair, requirePorts } from "../supervisor/ports";
import { environmentOf, servicesOf } from "../supervisor/services";

const folders: string[] = [];
function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-supervisor-"));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("the options of npm start", () => {
  it("have sensible defaults", () => {
    const options = readOptions([], {});
    expect(options).toMatchObject({ host: "127.0.0.1", port: 3000, webUrl: "http://localhost:3000", verbose: false });
    expect(options.home).toMatch(/\.borda$/);
    expect(options.databaseUrl).toBeUndefined();
  });

  it("come from the command line before the environment, whose empty variables count as absent", () => {
    const options = readOptions(["--home", "/a", "--port", "4000"], { BORDA_HOME: "/b", DATABASE_URL: "" });
    expect(options).toMatchObject({ home: "/a", port: 4000, webUrl: "http://localhost:4000" });
    expect(readOptions([], { BORDA_HOME: "/b" }).home).toBe("/b");
    expect([[], ["--reset-admin"]].map((argv) => readOptions(argv, {}).admin.reset)).toEqual([false, true]);
  });

  it.each([
    [["--port", "0"], {}, /--port 0 is not a port/],
    [["--port", "many"], {}, /--port many is not a port/],
    [["--colour"], {}, /Unknown option '--colour'.*npm start/],
    [["4000"], { npm_config_port: "true" }, /npm start -- \[--home DIR\]/],
    [[], { npm_config_reset_admin: "true" }, /npm start -- .* \[--reset-admin\]/],
    [[], { DATABASE_URL: "mysql://x" }, /DATABASE_URL/],
    [[], { BORDA_ADMIN_PASSWORD: "short" }, /BORDA_ADMIN_PASSWORD/],
  ])("%j with %j are refused in one sentence", (argv, environment, sentence) => {
    expect(() => readOptions(argv, environment)).toThrow(sentence);
    expect(() => readOptions(argv, environment)).toThrow(Refusal);
  });
});

describe("what a person sets for one program", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ["scorer", "BORDA_SCORER_PRECISION", "int8"],
    ["scorer", "BORDA_SCORER_MAX_BYTES", "1048576"],
    ["web", "BORDA_MAX_UPLOAD_BYTES", "1048576"],
    ["worker", "HF_TOKEN", "hf_x"],
    ["worker", "BORDA_TENSORFLOW_GRAPPLER", "1"],
  ])("%s is given %s, and no other is", (program, variable, value) => {
    vi.stubEnv(variable, value);
    const options = readOptions([], {});
    const secrets = { authSecret: "a", internalToken: "b" };
    const home = { folder: "/home", secrets } as Parameters<typeof environmentOf>[1];
    const services = servicesOf(options, environmentOf(options, home, "postgresql://x"));
    for (const { name, env } of services)
      expect([name, env[variable]]).toEqual([name, name === program ? value : undefined]);
  });
});

describe("a busy port", () => {
  it("is named, with the option that moves Borda", async () => {
    const port = await freePortPair();
    const other = createServer().listen(port + 1, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      await expect(requirePorts("127.0.0.1", [port, port + 1])).rejects.toThrow(
        new RegExp(`^Port ${port + 1} is taken by another program: .* npm start -- --port N\\.$`),
      );
    } finally {
      other.close();
    }
    await expect(requirePorts("127.0.0.1", [await freePort()])).resolves.toBeUndefined();
  });
});

describe("a home", () => {
  it("keeps its secrets, readable by nobody else", async () => {
    const folder = join(temporary(), "home");
    const first = await openHome(folder);
    first.release();
    const path = join(folder, "secrets.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    const second = await openHome(folder);
    second.release();
    expect(second.secrets).toEqual(first.secrets);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(first.secrets);
  });

  it("belongs to one Borda at a time", async () => {
    const folder = temporary();
    const home = await openHome(folder);
    await expect(openHome(folder)).rejects.toThrow(/^Another Borda \(process \d+\) runs from .*: stop it, or choose/);
    home.release();
  });

  it("with broken secrets is not given new ones", async () => {
    const folder = temporary();
    writeFileSync(join(folder, "secrets.json"), "{}");
    await expect(openHome(folder)).rejects.toThrow(/secrets\.json cannot be read/);
  });
});

describe("the wait before a crashed service is started again", () => {
  it("doubles up to half a minute, and begins anew after a long run", () => {
    const backoff = createBackoff();
    const waits = Array.from({ length: 9 }, () => backoff.next(0));
    expect(waits).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200, 30_000, 30_000]);
    expect(backoff.next(60_000)).toBe(300);
  });
});
