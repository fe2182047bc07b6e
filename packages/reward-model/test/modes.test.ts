import { existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@borda/preferences";
import { mergeAdapter, readAdapter, readCheckpoint, readSafetensors } from "@borda/transformer";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, RunCancelled, splitGroups, type TrainOptions, train } from "../src";
import { filesBelow, hashFile } from "../src/durable-folder";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
let backbone: string;
beforeAll(async () => {
  backbone = await tinyBackbone(folder, { layers: 3 });
}, 60_000);

const groups = splitGroups(kindnessGroups(60), 0.25);
const place = (name: string) => join(folder, name);
const weightsOf = (out: string) => hashFile(join(place(out), "model.safetensors"));
const tensorsOf = async (path: string) => (await readSafetensors(join(path, "model.safetensors"))).tensors;
const options = (out: string, recipe: Parameters<typeof tinyRecipe>[1], over: Partial<TrainOptions> = {}) => ({
  groups,
  recipe: tinyRecipe(backbone, recipe),
  out: place(out),
  threads: 1,
  ...over,
});
const computedRows = (events: readonly RunEvent[]) =>
  events.filter((event) => event.type === "log" && /^Features of \d+ of/.test(event.message)).length;

/** Names of the weights that a training changed. */
async function changed(out: string): Promise<string[]> {
  const [before, after] = [await tensorsOf(backbone), await tensorsOf(place(out))];
  return [...after.keys()].filter((name) => {
    const old = before.get(name)?.data;
    return !old || old.some((value, i) => value !== after.get(name)!.data[i]);
  });
}

describe("a training of the head alone", () => {
  const mode = { mode: "head" } as const;
  const featureCache = { folder: place("features") };

  test("changes nothing but the head, and learns", async () => {
    const result = await train(options("head", mode));
    expect(await changed("head")).toEqual(["score.bias", "score.weight"]);
    expect(result).toMatchObject({ mode: "head", steps: 1, trainedParameters: 33 });
    expect(result.lossLast).toBeLessThan(0.6);
    expect(result.eval.accuracy).toBeGreaterThan(0.7);
    const served = await evaluate(place("head"), groups.heldOut);
    expect(Math.abs(served.logLoss - result.eval.logLoss)).toBeLessThan(1e-5);
  }, 60_000);

  test("reads no known completion again, only what is new", async () => {
    const pass = async (out: string, some: TrainOptions["groups"]) => {
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent) => void events.push(event);
      await train(options(out, mode, { featureCache, groups: some, onEvent }));
      return events;
    };
    const part = { ...groups, train: groups.train.slice(0, 30) };
    expect(computedRows(await pass("first", part))).toBeGreaterThan(0);
    const again = await pass("again", part);
    expect(computedRows(again)).toBe(0);
    expect(await weightsOf("again")).toBe(await weightsOf("first"));
    const more = await pass("more", groups);
    const known = (part.train.length + part.heldOut.length) * 4;
    const all = (groups.train.length + groups.heldOut.length) * 4;
    expect(more).toContainEqual(
      expect.objectContaining({ message: `Features of ${all} completions: ${known} are known.` }),
    );
  }, 60_000);

  test("reads again what a damaged file held, and says so", async () => {
    const [damaged] = await filesBelow(featureCache.folder);
    const path = join(featureCache.folder, damaged!);
    truncateSync(path, statSync(path).size - 4);
    const events: RunEvent[] = [];
    await train(options("damaged", mode, { featureCache, onEvent: (event) => events.push(event) }));
    expect(events).toContainEqual(expect.objectContaining({ level: "warn", message: expect.stringContaining(path) }));
    expect(computedRows(events)).toBeGreaterThan(0);
  }, 60_000);

  test("keeps its cache within bounds", async () => {
    const bounded = { folder: place("bounded"), maxBytes: 6000 };
    await train(options("bounded-out", { ...mode, tokenBudget: 64 }, { featureCache: bounded }));
    const sizes = (await filesBelow(bounded.folder)).map((path) => statSync(join(bounded.folder, path)).size);
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(bounded.maxBytes);
  }, 60_000);

  test("minds beta: smaller rewards at a higher loss", async () => {
    const plain = await train(options("plain", mode));
    const held = await train(options("held", { ...mode, beta: 1 }));
    expect(held.eval.rewardDeviation).toBeLessThan(plain.eval.rewardDeviation / 2);
  }, 60_000);

  test.each([
    { how: "in one session", prompts: 60, sideBySide: false },
    { how: "in sessions side by side", prompts: 300, sideBySide: true },
  ])(
    "stopped among the features, computed $how, it goes on to an unbroken run's weights",
    async (lane) => {
      const { how, prompts, sideBySide } = lane;
      const [unbroken, broken] = [`unbroken ${how}`, `broken ${how}`];
      const own = { groups: splitGroups(kindnessGroups(prompts), 0.25), threads: 2 };
      const small = (out: string, over: Partial<TrainOptions> = {}) =>
        options(
          out,
          { ...mode, tokenBudget: 64 },
          { ...own, featureCache: { folder: place(`cache, ${out}`) }, ...over },
        );
      const events: RunEvent[] = [];
      await train(small(unbroken, { onEvent: (event) => events.push(event) }));
      expect(events.some((event) => event.type === "log" && event.message.includes("side by side"))).toBe(sideBySide);
      const cancel = new AbortController();
      const onEvent = (event: RunEvent) => void (computedRows([event]) > 0 && cancel.abort());
      const resumed = small(broken, { resumeDir: place(`resume ${how}`) });
      await expect(train({ ...resumed, signal: cancel.signal, onEvent })).rejects.toBeInstanceOf(RunCancelled);
      expect(existsSync(place(broken))).toBe(false);
      expect(await filesBelow(place(`cache, ${broken}`))).toHaveLength(1);
      await train(resumed);
      expect(await weightsOf(broken)).toBe(await weightsOf(unbroken));
    },
    60_000,
  );
});

describe("a training of the last layers", () => {
  test("changes those layers and the head", async () => {
    const result = await train(options("last", { mode: "last", lastLayers: 2 }));
    const names = await changed("last");
    expect(names.filter((name) => /layer\.0\.|embeddings/.test(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["score.weight", "encoder.layer.1.attention.query.weight"]));
    expect(result.lossLast).toBeLessThan(0.65);
    expect(result.trainedParameters).toBeLessThan(result.parameters);
  }, 60_000);

  test("of more layers than there are is refused by the field's name", async () => {
    const refused = train(options("refused", { mode: "last", lastLayers: 4 }));
    await expect(refused).rejects.toMatchObject({ code: "BAD_RECIPE", message: expect.stringMatching(/^lastLayers/) });
    expect(readdirSync(folder)).not.toContain("refused");
  });
});

describe("a training of low-rank adapters", () => {
  const lora = { mode: "lora", loraRank: 4, learningRate: 1e-2 } as const;

  test("changes the adapted layers and the head; the merged checkpoint scores as it was measured", async () => {
    const result = await train(options("lora", lora));
    expect(await changed("lora")).toEqual(
      ["score.bias", "score.weight"]
        .concat(
          [0, 1, 2].flatMap((i) => ["query", "value"].map((part) => `encoder.layer.${i}.attention.${part}.weight`)),
        )
        .sort(),
    );
    expect(result.trainedParameters).toBe(33 + 6 * 4 * (16 + 16));
    expect(result.lossLast).toBeLessThan(0.6);
    const served = await evaluate(place("lora"), groups.heldOut);
    expect(Math.abs(served.logLoss - result.eval.logLoss)).toBeLessThan(1e-5);
    expect(existsSync(join(place("lora"), "adapter"))).toBe(false);
  }, 60_000);

  test("keeps the adapter for peft beside, where it is asked for", async () => {
    await train(options("kept", { ...lora, loraTargets: "all-linear", loraSave: "merged+adapter" }));
    const base = await readCheckpoint(backbone);
    const adapter = await readAdapter(join(place("kept"), "adapter"), base);
    expect(adapter.config).toMatchObject({ r: 4, lora_alpha: 16, bias: "none" });
    const [merged, written] = [mergeAdapter(base, adapter).weights, await readCheckpoint(place("kept"))];
    for (const name of merged.keys()) expect(written.weights.get(name)!.data).toEqual(merged.get(name)!.data);
  }, 60_000);

  test("of layers that there are not is refused by the field's name, with those that there are", async () => {
    const refused = train(options("refused", { ...lora, loraTargets: "query,gate_proj" }));
    await expect(refused).rejects.toMatchObject({
      code: "BAD_RECIPE",
      message: expect.stringMatching(/^loraTargets names "gate_proj".* query, key, value/),
    });
  });
});

test.each([
  ["lora", { mode: "lora", loraDropout: 0.1 }],
  ["last", { mode: "last", lastLayers: 1 }],
  ["all", { mode: "all", accumulation: 2, tokenBudget: 64, hiddenDropout: 0.1, recompute: "layers" }],
] as const)(
  "stopped and called again, mode %s ends with the weights of an unbroken run",
  async (name, recipe) => {
    await train(options(`${name}-unbroken`, recipe));
    const broken = options(`${name}-broken`, recipe, { resumeDir: place(`${name}-resume`), saveEverySeconds: 0 });
    const cancel = new AbortController();
    const onEvent = (event: RunEvent) => void (event.type === "saved" && event.step >= 3 && cancel.abort());
    await expect(train({ ...broken, signal: cancel.signal, onEvent })).rejects.toBeInstanceOf(RunCancelled);
    await train(broken);
    expect(await weightsOf(`${name}-broken`)).toBe(await weightsOf(`${name}-unbroken`));
  },
  60_000,
);
