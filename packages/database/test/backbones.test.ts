import type { BackboneFacts } from "@borda/preferences";
import { Recipe } from "@borda/preferences";
import { describe, expect, test } from "vitest";
import { BackboneNotReady, BackboneStopped } from "../src";
import { aProject, withTestDatabase } from "../src/testing";

const house = withTestDatabase();
const commits = { first: "1".repeat(40), second: "2".repeat(40) };
const facts: BackboneFacts = {
  ...{ modelType: "bert", hiddenSize: 8, maxLength: 64, parameters: 100, bytes: 400, layers: 2, dtypes: ["F32"] },
  ...{
    layerParameters: 20,
    adapterParameters: 30,
    vocabularySize: 11,
    poolings: ["mean", "cls"],
    activations: { perToken: 9, perPair: 2 },
  },
  ...{ honoured: {}, head: [], leftOut: [], machine: { memory: 1e9, disk: 1e9 } },
};
const arriving = { file: "model.safetensors", files: 1, filesTotal: 3, bytes: 5, bytesTotal: 400 };

const ask = (source: string) => house.db.backbones.ask({ source, askedBy: null });

async function prepare(source: string, pinned: string) {
  const { id } = await ask(source);
  await house.db.backbones.start(id);
  await house.db.backbones.check(id);
  return house.db.backbones.finish(id, { pinned, facts });
}

describe("a backbone", () => {
  test("is fetched with progress, checked, and then what it was found to be; each change is announced", async () => {
    const heard: string[] = [];
    const subscription = await house.db.listen("borda_backbone", (id) => heard.push(id));
    const asked = await ask("hub:org/told@main");
    expect(asked).toMatchObject({ state: "QUEUED", bytesTotal: null, pinned: null });
    expect((await ask("hub:org/told@main")).id).toBe(asked.id);
    await house.db.backbones.start(asked.id);
    expect(await house.db.backbones.progress(asked.id, arriving)).toMatchObject({ state: "FETCHING", ...arriving });
    await house.db.backbones.check(asked.id);
    const pinned = `hub:org/told@${commits.first}`;
    const ready = await house.db.backbones.finish(asked.id, { pinned, facts });
    expect(ready).toMatchObject({ state: "READY", pinned, facts, problems: [] });
    expect(await house.db.backbones.find(pinned)).toMatchObject({ state: "READY", pinned, facts });
    await expect.poll(() => heard).toEqual([asked.id, asked.id, asked.id, asked.id, asked.id]);
    await subscription.close();
  });

  test("that is cancelled stops whoever fetches it, and can be asked for again", async () => {
    const { id } = await ask("hub:org/stopped@main");
    await house.db.backbones.start(id);
    await house.db.backbones.cancel(id);
    await expect(house.db.backbones.progress(id, arriving)).rejects.toBeInstanceOf(BackboneStopped);
    await expect(house.db.backbones.cancel(id)).rejects.toMatchObject({ state: "CANCELLED" });
    expect((await house.db.backbones.underWay()).map((backbone) => backbone.id)).not.toContain(id);
    expect(await ask("hub:org/stopped@main")).toMatchObject({ id, state: "QUEUED", finishedAt: null });
    expect((await house.db.backbones.underWay()).map((backbone) => backbone.id)).toContain(id);
  });

  test("that failed says why, what to do, and what is wrong, until it is asked for again", async () => {
    const { id } = await ask("/models/broken");
    const problems = [{ what: "embeddings.weight", problem: "is missing" }];
    const failed = await house.db.backbones.fail(id, { error: "e", remedy: "r", problems });
    expect(failed).toMatchObject({ state: "FAILED", error: "e", remedy: "r", problems });
    expect(await ask("/models/broken")).toMatchObject({ state: "QUEUED", error: null, problems: [] });
  });
});

describe("a run", () => {
  const train = async (backbone: string) => {
    const { project } = await aProject(house.db);
    const recipe = Recipe.parse({ backbone });
    return house.db.runs.create({ projectId: project.id, recipe, trigger: "manual", createdBy: null });
  };

  test("with a backbone that nobody looked at, or that is no good, is refused with the reason", async () => {
    await expect(train("hub:org/unknown@main")).rejects.toThrow(/not been prepared yet.*Prepare it/);
    const { id } = await ask("/models/bad");
    await expect(train("/models/bad")).rejects.toThrow(/being prepared/);
    await house.db.backbones.fail(id, { error: "It has no tokenizer.", remedy: "r", problems: [] });
    const refused = await train("/models/bad").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BackboneNotReady);
    expect(refused).toMatchObject({ code: "BACKBONE_NOT_READY", message: expect.stringContaining("has no tokenizer") });
  });

  test("keeps the commit that its revision pointed to, also when the branch has moved on", async () => {
    const source = "hub:org/moving@main";
    const [first, second] = [`hub:org/moving@${commits.first}`, `hub:org/moving@${commits.second}`];
    await prepare(source, first);
    expect((await train("hub:org/moving")).recipe.backbone).toBe(first);
    await prepare(source, second);
    expect((await train(source)).recipe.backbone).toBe(second);
    expect((await train(first)).recipe.backbone).toBe(first);
  });

  test("on the starter or a prepared folder uses it by its own name", async () => {
    await prepare("/models/good", "/models/good");
    expect((await train("/models/good")).recipe.backbone).toBe("/models/good");
    expect((await train("starter")).recipe.backbone).toBe("starter");
  });
});
