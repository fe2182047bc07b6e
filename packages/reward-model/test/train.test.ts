import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "@borda/preferences";
import { beforeAll, describe, expect, test } from "vitest";
import {
  evaluate,
  loadScorer,
  RewardModelError,
  RunCancelled,
  splitGroups,
  type TrainOptions,
  train,
  verifyCheckpoint,
} from "../src";
import { hashFile } from "../src/durable-folder";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
let backbone: string;
beforeAll(async () => {
  backbone = await tinyBackbone(folder);
}, 60_000);

const groups = splitGroups(kindnessGroups(60), 0.25);
const place = (name: string) => join(folder, name);
const weightsOf = (out: string) => hashFile(join(out, "model.safetensors"));
const options = (out: string, over: Partial<TrainOptions> = {}): TrainOptions => ({
  groups,
  recipe: tinyRecipe(backbone),
  out: place(out),
  threads: 1,
  ...over,
});

describe("training", () => {
  test("learns what the rankings prefer, and reports it on the way", async () => {
    const events: RunEvent[] = [];
    const result = await train(options("learnt", { onEvent: (event) => events.push(event) }));
    expect(result.lossFirst).toBeCloseTo(Math.LN2, 4);
    expect(result.lossLast).toBeLessThan(0.6);
    expect(result.eval.accuracy).toBeGreaterThan(0.7);
    expect(result.trainComparisons).toBe(groups.train.length * 6);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => type === "step")).toHaveLength(result.steps);
    expect(types.filter((type) => type === "evaluation")).toHaveLength(2);
    expect(types[0]).toBe("plan");
  }, 60_000);

  test("from the same seed gives the same weights, from another seed others", async () => {
    await train(options("seed-a"));
    await train(options("seed-b"));
    await train(options("seed-c", { recipe: tinyRecipe(backbone, { seed: 1 }) }));
    expect(await weightsOf(place("seed-a"))).toBe(await weightsOf(place("seed-b")));
    expect(await weightsOf(place("seed-a"))).not.toBe(await weightsOf(place("seed-c")));
  }, 60_000);

  test("stopped and called again it ends with the weights of an unbroken run", async () => {
    await train(options("unbroken"));
    const resumeDir = place("resume");
    const stops = [3, 7];
    for (const stop of stops) {
      const cancel = new AbortController();
      const onEvent = (event: RunEvent) => {
        if (event.type === "saved" && event.step >= stop) cancel.abort();
      };
      const broken = train(options("broken", { resumeDir, saveEverySeconds: 0, signal: cancel.signal, onEvent }));
      await expect(broken).rejects.toBeInstanceOf(RunCancelled);
      expect(existsSync(place("broken"))).toBe(false);
    }
    const steps: number[] = [];
    const onEvent = (event: RunEvent) => void (event.type === "step" && steps.push(event.step));
    await train(options("broken", { resumeDir, onEvent }));
    expect(steps[0]).toBeGreaterThan(stops[1]!);
    expect(await weightsOf(place("broken"))).toBe(await weightsOf(place("unbroken")));
  }, 60_000);

  test("killed at any moment it goes on from its last saved state, to the same weights", async () => {
    const settings = {
      groups: kindnessGroups(60),
      recipe: tinyRecipe(backbone, { epochs: 12 }),
      resumeDir: place("killed-resume"),
      saveEverySeconds: 0,
      threads: 1,
    };
    const script = join(import.meta.dirname, "train-child.ts");
    const runChild = (out: string, resumeDir: string, killAfterStep: number) => {
      const path = place(`${out}.json`);
      writeFileSync(path, JSON.stringify({ ...settings, resumeDir, out: place(out) }));
      return new Promise<number | null>((resolve, reject) => {
        const child = spawn(process.execPath, ["--import", "tsx", script, path], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        child.on("error", reject);
        child.stdout.on("data", (chunk: Buffer) => {
          const step = Number(chunk.toString().trim().split("\n").at(-1));
          if (step >= killAfterStep) child.kill("SIGKILL");
        });
        child.on("exit", (code) => resolve(code));
      });
    };
    expect(await runChild("whole", place("whole-resume"), Number.POSITIVE_INFINITY)).toBe(0);
    for (const step of [2, 9]) expect(await runChild("killed", settings.resumeDir, step)).toBe(null);
    expect(existsSync(place("killed"))).toBe(false);
    expect(await runChild("killed", settings.resumeDir, Number.POSITIVE_INFINITY)).toBe(0);
    expect(await weightsOf(place("killed"))).toBe(await weightsOf(place("whole")));
  }, 120_000);

  test("goes on from a checkpoint with its head", async () => {
    const first = await train(options("first"));
    const second = await train(options("second", { start: place("first"), maxSteps: 3 }));
    expect(second.lossFirst).toBeLessThan(first.lossFirst - 0.1);
  }, 60_000);

  test("a saved state of other data is refused, not mixed in", async () => {
    const resumeDir = place("other");
    await train(options("other-a", { resumeDir }));
    const other = { ...groups, train: groups.train.slice(1) };
    await expect(train(options("other-b", { resumeDir, groups: other }))).rejects.toMatchObject({
      code: "WRONG_RESUME_STATE",
    });
  }, 60_000);

  test.each([
    [
      "one completion each",
      (all: typeof groups.train) =>
        all.map((g) => ({
          ...g,
          completions: g.completions.slice(0, 1),
          rankings: [{ labeler: "a", tiers: [[0]], unacceptableFrom: null }],
        })),
    ],
    ["no ranking", (all: typeof groups.train) => all.map((g) => ({ ...g, rankings: [] }))],
    ["no prompt", () => []],
  ])("%s is refused with a reason", async (_, change) => {
    const train_ = train(options("nothing", { groups: { train: change(groups.train), heldOut: [] } }));
    await expect(train_).rejects.toMatchObject({ code: "NO_COMPARISONS" });
    expect(existsSync(place("nothing"))).toBe(false);
  });

  test("prompts without comparisons among others change nothing, and all ties train without NaN", async () => {
    const single = {
      ...groups.train[0]!,
      key: "single",
      completions: [{ text: "alone" }],
      rankings: [{ labeler: "a", tiers: [[0]], unacceptableFrom: null }],
    };
    await train(options("without", { maxSteps: 4 }));
    await train(options("with", { maxSteps: 4, groups: { ...groups, train: [...groups.train, single] } }));
    expect(await weightsOf(place("with"))).toBe(await weightsOf(place("without")));
    const tied = groups.train.map((g) => ({
      ...g,
      rankings: [{ labeler: "a", tiers: [[0, 1, 2, 3]], unacceptableFrom: null }],
    }));
    const result = await train(options("tied", { maxSteps: 4, groups: { train: tied, heldOut: [] } }));
    expect([result.lossFirst, result.lossLast].every(Number.isFinite)).toBe(true);
    expect(result.lossLast).toBeCloseTo(Math.LN2, 2);
  }, 60_000);

  test("a folder that exists is not written over", async () => {
    mkdirSync(place("taken"));
    await expect(train(options("taken"))).rejects.toMatchObject({ code: "OUT_EXISTS" });
    expect(readdirSync(place("taken"))).toEqual([]);
  });
});

describe("a checkpoint", () => {
  const out = place("checkpoint");
  let evaluation: Awaited<ReturnType<typeof train>>["eval"];
  beforeAll(async () => {
    evaluation = (await train(options("checkpoint"))).eval;
  }, 60_000);

  test("is whole: every file is there, and is what borda.json says", async () => {
    const { info } = await verifyCheckpoint(out);
    expect(Object.keys(info.files)).toEqual(
      expect.arrayContaining([
        "README.md",
        "config.json",
        "model.safetensors",
        "onnx/model.onnx",
        "tokenizer.json",
        "tokenizer_config.json",
        "onnx/model_quantized.onnx",
      ]),
    );
    expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8")).num_labels ?? 1).toBe(1);
    expect(info.evaluation).toEqual(evaluation);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("scores as the trainer measured, from the ONNX graph, to 1e-5", async () => {
    const served = await evaluate(out, groups.heldOut);
    expect(served.accuracy).toBe(evaluation.accuracy);
    expect(Math.abs(served.rewardMean - evaluation.rewardMean)).toBeLessThan(1e-5);
    expect(Math.abs(served.rewardDeviation - evaluation.rewardDeviation)).toBeLessThan(1e-5);
    expect(Math.abs(served.logLoss - evaluation.logLoss)).toBeLessThan(1e-5);
  });

  test("gives a score that does not depend on batch mates or padding, to 1e-5", async () => {
    const scorer = await loadScorer(out);
    const items = groups.heldOut.flatMap(({ prompt, completions }) =>
      completions.map(({ text }, at) => ({ prompt, completion: text.repeat(1 + (at % 5)) })),
    );
    const together = await scorer.score(items);
    for (const [at, item] of items.entries()) {
      const [alone] = await scorer.score([item]);
      const scale = Math.max(1, Math.abs(alone!.reward)); // float32 has no absolute precision
      expect(Math.abs(alone!.reward - together[at]!.reward)).toBeLessThan(1e-5 * scale);
    }
    await scorer.close();
  });

  test("scores many rows as it does few, in their order, to 1e-5", async () => {
    const [few, many] = [await loadScorer(out), await loadScorer(out, { threads: 2, rows: "many" })];
    const items = groups.heldOut.map(({ prompt, completions }) => ({
      prompt,
      completions: completions.map(({ text }) => text),
    }));
    for (const some of [items, items.slice(0, 1), []]) {
      const [expected, found] = [(await few.scoreGroups(some)).flat(), (await many.scoreGroups(some)).flat()];
      expect(found.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
      for (const [at, { reward }] of found.entries())
        expect(Math.abs(reward - expected[at]!.reward)).toBeLessThan(1e-5 * Math.max(1, Math.abs(reward)));
    }
    await Promise.all([few.close(), many.close()]);
  });

  test("cuts the prompt alike for every completion, and says so", async () => {
    const scorer = await loadScorer(out);
    const { maxLength } = scorer.info;
    const long = Array.from({ length: 100 }, (_, i) => `word${i}`).join(" ");
    const scores = await scorer.scoreGroup(long, ["short", "a much longer completion than that one, by far"]);
    expect(scores.map(({ truncated }) => truncated)).toEqual([true, true]);
    expect(scores[1]!.tokens).toBe(maxLength);
    expect(scores[0]!.tokens).toBeLessThan(maxLength); // the room that it leaves is not given to its prompt
    await scorer.close();
  });

  test("serves in int8 too, nearly as it measured", async () => {
    const served = await evaluate(out, groups.heldOut, { precision: "int8" });
    expect(served.rewardMean).not.toBe(evaluation.rewardMean);
    expect(Math.abs(served.rewardMean - evaluation.rewardMean)).toBeLessThan(0.2 * evaluation.rewardDeviation);
    expect(Math.abs(served.accuracy - evaluation.accuracy)).toBeLessThan(0.1);
  });

  test("in parts, where its files would be too large, is the same checkpoint", async () => {
    const sizes = { shardBytes: 20_000, externalAbove: 20_000 };
    await train(options("parts", { sizes }));
    const names = Object.keys((await verifyCheckpoint(place("parts"))).info.files);
    expect(names).toEqual(expect.arrayContaining(["model.safetensors.index.json", "onnx/model.onnx_data"]));
    expect(names).not.toContain("model.safetensors");
    const served = await evaluate(place("parts"), groups.heldOut, { threads: 2 });
    expect(served.rewardMean).toBeCloseTo(evaluation.rewardMean, 5);
    const again = await train(options("from-parts", { start: place("parts"), maxSteps: 1 }));
    expect(again.lossFirst).toBeLessThan(0.6);
  }, 60_000);

  test("that is damaged or missing is refused by name", async () => {
    writeFileSync(join(out, "README.md"), "changed");
    await expect(verifyCheckpoint(out)).rejects.toThrow(/README.md is damaged/);
    await expect(loadScorer(place("nowhere"))).rejects.toBeInstanceOf(RewardModelError);
  });
});
