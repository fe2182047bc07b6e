import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Backbone, Run } from "@borda/database";
import type { BackboneId, Recipe } from "@borda/preferences";
import { prepareBackbone } from "@borda/queue";
import { readCheckpointInfo } from "@borda/reward-model";
import { commit, type HubFiles, type HubServer, startHub, tinyModel } from "@borda/transformer/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually, type House, openHouse, rankPrompts, smallRecipe } from "./house";
import { ended, retrain } from "./runs";
import { startWorkerProcess } from "./worker-process";

let house: House;
let hub: HubServer;
let model: HubFiles;
beforeAll(async () => {
  model = await tinyModel();
  const repositories = {
    "org/tiny": model,
    "org/gated": model,
    "org/broken": broken(model),
    "org/new": withField(model),
  };
  hub = await startHub(repositories, { gated: ["org/gated"] });
  house = await openHouse({ HF_ENDPOINT: hub.endpoint });
}, 120_000);
beforeEach(async () => {
  hub.requests.length = 0;
  await clearCache();
});
afterEach(async () => {
  hub.holdAfter = 0;
  hub.breakAfter = 0;
  await house?.stopWorkers();
});
afterAll(async () => {
  await house?.close();
  await hub?.close();
});

const weights = "model.safetensors";
const bytesOf = (files: HubFiles) => [...files.values()].reduce((sum, file) => sum + file.length, 0);
const clearCache = () => rm(join(house.environment.BORDA_HOME, "hub"), { recursive: true, force: true });

/** With a tensor by another name; the header stays as long as it was. */
function broken(files: HubFiles): HubFiles {
  const whole = files.get(weights)!;
  const name = "layer.0.output.dense.bias";
  const bytes = Buffer.from(whole);
  bytes.write(name.replace("dense", "tense"), whole.indexOf(name));
  return new Map([...files, [weights, bytes]]);
}

function withField(files: HubFiles): HubFiles {
  const config = { ...JSON.parse(files.get("config.json")!.toString()), sparse_attention: true };
  return new Map([...files, ["config.json", Buffer.from(JSON.stringify(config))]]);
}

async function ask(source: string): Promise<BackboneId> {
  const { id } = await house.database.backbones.ask({ source, askedBy: house.admin });
  await house.queue.add(prepareBackbone, { backboneId: id });
  return id;
}
const preparingEnded = (id: BackboneId): Promise<Backbone> =>
  eventually("the end of the preparing", 60, async () => {
    const backbone = await house.database.backbones.get(id);
    return backbone.finishedAt === null ? null : backbone;
  });
const prepared = async (source: string) => preparingEnded(await ask(source));
const arrived = (id: BackboneId, bytes: number) =>
  eventually(`${bytes} bytes`, 30, async () => (await house.database.backbones.get(id)).bytes >= bytes);

async function train(recipe: Recipe): Promise<Run> {
  const project = await house.project();
  await rankPrompts(house, project, 24);
  return ended(house, await retrain(house, project, recipe), 90);
}

describe("a model of the hub", () => {
  it("is fetched over a connection that drops, pinned, and told by what it is; then runs need no network", async () => {
    await house.work();
    hub.breakAfter = 400_000;
    const backbone = await prepared("hub:org/tiny@main");
    const pinned = `hub:org/tiny@${commit}`;
    expect(backbone).toMatchObject({ state: "READY", pinned, error: null, bytes: expect.any(Number) });
    expect(backbone.facts).toMatchObject({
      ...{ modelType: "bert", hiddenSize: 32, layers: 2, maxLength: 128, dtypes: ["F32"] },
      ...{ poolings: ["mean", "cls", "completion"], vocabularySize: 7998, leftOut: [] },
    });
    expect(backbone.facts!.bytes).toBe(4 * backbone.facts!.parameters);
    expect(backbone.facts!.activations.perToken).toBeGreaterThan(2 * 32 * 8);
    expect(backbone.facts!.machine.memory).toBeGreaterThan(1e8);
    expect(hub.requests.some((request) => /safetensors bytes=\d+-$/.test(request))).toBe(true);

    hub.requests.length = 0;
    const run = await train(smallRecipe({ backbone: "hub:org/tiny@main", epochs: 1 }));
    expect(run).toMatchObject({ state: "EVALUATED", error: null, recipe: { backbone: pinned } });
    expect(hub.requests).toEqual([]);
    const { folderKey } = await house.database.checkpoints.get(run.checkpointId!);
    const info = await readCheckpointInfo(await house.storage.folder(folderKey));
    expect(info).toMatchObject({ startedFrom: pinned, modelType: "bert", recipe: { backbone: pinned } });
  }, 120_000);

  it("whose files were cleared away is fetched again for a run, by its commit", async () => {
    await house.work();
    expect((await prepared("hub:org/tiny@main")).state).toBe("READY");
    await clearCache();
    hub.requests.length = 0;
    const run = await train(smallRecipe({ backbone: `hub:org/tiny@${commit}`, epochs: 1 }));
    expect(run.state).toBe("EVALUATED");
    expect(hub.requests.filter((request) => request.endsWith(weights))).toHaveLength(1);
  }, 120_000);

  it("tells how much has come, and goes on in the next worker where a killed one stopped", async () => {
    hub.holdAfter = 300_000;
    const id = await ask("hub:org/tiny@killed");
    const doomed = await startWorkerProcess(house);
    await arrived(id, 300_000);
    const backbone = await house.database.backbones.get(id);
    expect(backbone).toMatchObject({
      state: "FETCHING",
      file: weights,
      filesTotal: model.size,
      bytesTotal: bytesOf(model),
    });
    await doomed.kill();
    hub.holdAfter = 0;
    await house.work();
    expect((await preparingEnded(id)).state).toBe("READY");
    expect(hub.requests.at(-1)).not.toContain("bytes=0");
    expect(hub.requests.some((request) => new RegExp(`${weights} bytes=300000-`).test(request))).toBe(true);
  }, 120_000);

  it("is given up when it is cancelled, and keeps what has come for the next time", async () => {
    await house.work();
    hub.holdAfter = 300_000;
    const id = await ask("hub:org/tiny@cancelled");
    await arrived(id, 300_000);
    expect((await house.database.backbones.cancel(id)).state).toBe("CANCELLED");
    const job = () => house.queue.state(prepareBackbone, { backboneId: id });
    await eventually("the end of its job", 10, async () => (await job()) === "absent");
    hub.holdAfter = 0;
    expect(await ask("hub:org/tiny@cancelled")).toBe(id);
    expect((await preparingEnded(id)).state).toBe("READY");
    expect(hub.requests.some((request) => new RegExp(`${weights} bytes=300000-`).test(request))).toBe(true);
  }, 60_000);

  it.each([
    ["hub:org/gated@main", /private, gated/, /accept its terms at http.*\/org\/gated and set HF_TOKEN/i],
    ["hub:org/absent@main", /is not on http/, /check its name and revision/i],
    ["hub:org/tiny@gone", /tiny at gone is not on/, /check its name and revision/i],
  ])(
    "%s says why it cannot be had, and what to do",
    async (source, error, remedy) => {
      await house.work();
      const backbone = await prepared(source);
      expect(backbone).toMatchObject({ state: "FAILED", facts: null, problems: [] });
      expect(backbone.error).toMatch(error);
      expect(backbone.remedy).toMatch(remedy);
      const run = train(smallRecipe({ backbone: source }));
      await expect(run).rejects.toMatchObject({ code: "BACKBONE_NOT_READY" });
    },
    60_000,
  );

  it("that is broken names every tensor that is wrong", async () => {
    await house.work();
    const { state, problems } = await prepared("hub:org/broken@main");
    expect(state).toBe("FAILED");
    expect(problems).toEqual([
      { what: expect.stringContaining("output.tense.bias"), problem: expect.stringContaining("no part of the model") },
      { what: "encoder.layer.0.output.dense.bias", problem: "[32] is missing" },
    ]);
  }, 60_000);

  it("whose config asks for what Borda cannot do names the field", async () => {
    await house.work();
    const { state, problems } = await prepared("hub:org/new@main");
    expect(state).toBe("FAILED");
    expect(problems).toEqual([{ what: "sparse_attention", problem: "Borda does not know it" }]);
  }, 60_000);
});

describe("a folder", () => {
  async function folderOf(name: string, files: HubFiles): Promise<string> {
    const folder = join(house.environment.BORDA_HOME, name);
    await mkdir(folder);
    for (const [file, bytes] of files) await writeFile(join(folder, file), bytes);
    return folder;
  }

  it("is looked at where it is; a run whose folder has gone fails, and succeeds when it is back", async () => {
    await house.work();
    const folder = await folderOf("tiny", model);
    expect(await prepared(folder)).toMatchObject({ state: "READY", pinned: folder, bytesTotal: null });
    await rm(folder, { recursive: true });
    const recipe = smallRecipe({ backbone: folder, epochs: 1 });
    const run = await train(recipe);
    expect(run).toMatchObject({ state: "FAILED", error: expect.stringContaining(folder) });
    await folderOf("tiny", model);
    expect(existsSync(folder)).toBe(true);
    expect((await train(recipe)).state).toBe("EVALUATED");
  }, 120_000);

  it.each([
    ["models/here", /not a whole path/, /whole path on the worker's machine/],
    ["/nowhere/at/all", /config.json cannot be read/, /prepare it again/],
  ])(
    "%s says what is wrong with it",
    async (path, error, remedy) => {
      await house.work();
      const backbone = await prepared(path);
      expect(backbone.state).toBe("FAILED");
      expect(backbone.error).toMatch(error);
      expect(backbone.remedy).toMatch(remedy);
    },
    60_000,
  );

  it("without a tokenizer says so", async () => {
    await house.work();
    const folder = await folderOf("dumb", new Map([...model].filter(([name]) => name !== "tokenizer.json")));
    expect(await prepared(folder)).toMatchObject({
      state: "FAILED",
      error: expect.stringContaining("no tokenizer.json"),
    });
  }, 60_000);
});

it("one whose job was lost between the database and the queue is prepared by the next worker", async () => {
  const { id } = await house.database.backbones.ask({ source: "hub:org/tiny@lost", askedBy: house.admin });
  await house.work();
  expect((await preparingEnded(id)).state).toBe("READY");
}, 60_000);

it("the starter is told by what it is, too", async () => {
  await house.work();
  const { state, pinned, facts } = await prepared("starter");
  expect({ state, pinned }).toEqual({ state: "READY", pinned: "starter" });
  expect(facts).toMatchObject({ modelType: "borda-starter", poolings: ["completion", "mean"], parameters: 6_976_256 });
}, 60_000);
