import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fetchFromHub, type HubOptions, type HubProgress, parseHubSpec } from "../src";
import { commit, type HubServer, startHub } from "../src/testing";

const weights = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, i) => (i * i) % 251));
const files = new Map([
  ["config.json", Buffer.from("{}")],
  ["tokenizer.json", Buffer.from('{"model":{}}')],
  ["model.safetensors", weights],
  ["pytorch_model.bin", Buffer.from("not wanted")],
]);
const spec = { repository: "ORG/NAME", revision: "main" };

let cache: string;
let server: HubServer;
let options: HubOptions;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "borda-hub-"));
  await start();
  return () => rm(cache, { recursive: true });
});
afterEach(() => server.close());

async function start(of = files, access: Parameters<typeof startHub>[1] = {}): Promise<void> {
  if (server) await server.close();
  server = await startHub({ "ORG/NAME": of }, access);
  options = { cache, endpoint: server.endpoint, retryDelay: 1 };
}

test("a model is named by its repository and a revision", () => {
  expect(parseHubSpec("hub:ORG/NAME")).toEqual(spec);
  expect(parseHubSpec("hub:ORG/NAME@v1.0")).toEqual({ repository: "ORG/NAME", revision: "v1.0" });
  expect(parseHubSpec("./folder")).toBeUndefined();
  expect(() => parseHubSpec("hub:NAME")).toThrow(/write hub:ORG\/NAME/);
});

describe("a model is fetched", () => {
  test("by its files that are needed, into a folder of its commit", async () => {
    const fetched = await fetchFromHub(spec, options);
    expect(fetched).toEqual({ commit, folder: join(cache, "ORG--NAME", commit) });
    expect((await readdir(fetched.folder)).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
    expect(await readFile(join(fetched.folder, "model.safetensors"))).toEqual(weights);
  });

  test("though the connection drops again and again, each time from where it ended", async () => {
    server.breakAfter = 20_000;
    const { folder } = await fetchFromHub(spec, options);
    expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights);
    const ranges = server.requests.filter((request) => request.includes("model.safetensors bytes="));
    expect(ranges.length).toBeGreaterThanOrEqual(2);
  });

  test("in a later call from where an earlier one was given up", async () => {
    const stop = new AbortController();
    const stopped = fetchFromHub(spec, {
      ...options,
      signal: stop.signal,
      onProgress: ({ file }) => file === "model.safetensors" && stop.abort(),
    });
    await expect(stopped).rejects.toThrow(/abort/i);
    expect(await readdir(join(cache, "ORG--NAME"))).toEqual([`${commit}.partial`]);
    const { folder } = await fetchFromHub(spec, options);
    expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights);
    expect(server.requests.filter((request) => request.endsWith("/config.json"))).toHaveLength(1);
  });

  test("once: then its revision asks for no file, and without a network for nothing", async () => {
    const first = await fetchFromHub(spec, options);
    server.requests.length = 0;
    expect(await fetchFromHub(spec, options)).toEqual(first);
    expect(server.requests).toHaveLength(1);
    await server.close();
    expect(await fetchFromHub(spec, options)).toEqual(first);
    expect(await fetchFromHub({ ...spec, revision: commit }, options)).toEqual(first);
  });

  test("with its progress told, in files and in bytes of all", async () => {
    const told: HubProgress[] = [];
    await fetchFromHub(spec, { ...options, onProgress: (progress) => told.push(progress) });
    const of = [...files].filter(([name]) => !name.endsWith(".bin")).reduce((sum, [, bytes]) => sum + bytes.length, 0);
    expect(told[0]).toMatchObject({ bytes: 0, files: { done: 0, of: 3 }, total: { bytes: 0, of } });
    expect(told.at(-1)).toMatchObject({
      file: "model.safetensors",
      files: { done: 2, of: 3 },
      total: { bytes: of, of },
    });
    expect(told.map(({ total }) => total.bytes)).toEqual(told.map(({ total }) => total.bytes).sort((a, b) => a - b));
  });

  test("with a token where its repository asks for one", async () => {
    await start(files, { token: "secret" });
    await expect(fetchFromHub(spec, options)).rejects.toMatchObject({
      code: "HUB_UNREACHABLE",
      message: expect.stringMatching(/private, gated.*accept its terms at .*ORG\/NAME and set HF_TOKEN/),
    });
    expect((await fetchFromHub(spec, { ...options, token: "hf_x" }).catch((error) => error)).message).toMatch(
      /may read it/,
    );
    await start(files, { token: "hf_secret" });
    expect((await fetchFromHub(spec, { ...options, token: "hf_secret" })).commit).toBe(commit);
  });
});

describe("of several calls for one commit one fetches and the others wait", () => {
  const asked = () => server.requests.filter((request) => request.includes("/model.safetensors")).length;
  /** A fetch that waits for another, which is let go on when this one has told of the bytes that it waits for. */
  const waiting = (at: HubOptions, seen: () => void = () => (server.holdAfter = 0)) => {
    const onProgress = ({ file, bytes }: HubProgress) => file === "model.safetensors" && bytes === 20_000 && seen();
    return fetchFromHub({ ...spec, revision: "v1" }, { ...at, onProgress });
  };
  const begun = () => expect.poll(asked, { timeout: 30_000 }).toBe(1);
  beforeEach(() => {
    server.holdAfter = 20_000;
    options = { ...options, beat: 50 };
  });

  test("in one process", async () => {
    const first = fetchFromHub(spec, options);
    await begun();
    const [one, other] = await Promise.all([first, waiting(options)]);
    expect(other).toEqual(one);
    expect(await readFile(join(one.folder, "model.safetensors"))).toEqual(weights);
    expect(asked()).toBe(1);
    expect((await readdir(join(cache, "ORG--NAME"))).sort()).toEqual([commit, "main.commit", "v1.commit"]);
  });

  test("and the waiting ends with its signal", async () => {
    const first = fetchFromHub(spec, options);
    await begun();
    const stop = new AbortController();
    await expect(waiting({ ...options, signal: stop.signal }, () => stop.abort())).rejects.toThrow(/abort/i);
    server.holdAfter = 0;
    expect((await first).commit).toBe(commit);
    expect(asked()).toBe(1);
  });

  describe("in two processes", () => {
    let child: ChildProcess;
    let said: Promise<string>;
    beforeEach(async () => {
      const script = join(import.meta.dirname, "fetching.ts");
      const given = ["--import", "tsx", script, JSON.stringify(spec), JSON.stringify(options)];
      child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "inherit"] });
      said = text(child.stdout!);
      await begun();
      return () => child.kill("SIGKILL");
    }, 60_000);

    test("which have the same folder", async () => {
      const { folder } = await waiting(options);
      expect(await said).toBe(`${folder}\n`);
      expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights);
      expect(asked()).toBe(1);
    });

    test("of which one that is killed leaves what has arrived to the next", async () => {
      const next = waiting(options, () => child.kill("SIGKILL"));
      await once(child, "exit");
      server.holdAfter = 0;
      const { folder } = await next;
      expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights);
      expect(server.requests.at(-1)).toMatch(/model.safetensors bytes=20000-$/);
    });
  });
});

describe("what cannot be fetched is told with what to do", () => {
  test("a revision that does not exist", async () => {
    await expect(fetchFromHub({ ...spec, revision: "gone" }, options)).rejects.toThrow(
      /at gone is not on .*check its name/,
    );
  });

  test("a gated model, whose files everybody may see and nobody read", async () => {
    await start(files, { gated: ["ORG/NAME"] });
    await expect(fetchFromHub(spec, options)).rejects.toMatchObject({
      problem: expect.stringMatching(/private, gated/),
      remedy: expect.stringMatching(/accept its terms at .*ORG\/NAME and set HF_TOKEN/),
    });
  });

  test("a model without safetensors or tokenizer", async () => {
    await start(
      new Map([
        ["config.json", Buffer.from("{}")],
        ["pytorch_model.bin", Buffer.from("x")],
      ]),
    );
    await expect(fetchFromHub(spec, options)).rejects.toThrow(
      /no tokenizer.json, no model.safetensors or its shards.*save_pretrained/,
    );
  });

  test("a file that came damaged, which is not kept", async () => {
    server.damage = true;
    await expect(fetchFromHub(spec, options)).rejects.toThrow(/came damaged/);
    server.damage = false;
    const partial = await readdir(join(cache, "ORG--NAME", `${commit}.partial`));
    expect(partial).not.toContain("model.safetensors.part");
  });

  test("a hub that does not answer", async () => {
    await server.close();
    await expect(fetchFromHub(spec, options)).rejects.toThrow(/cannot be fetched.*try again/);
  });
});
