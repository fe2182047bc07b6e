import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { commit, startHub, tinyModel } from "@borda/transformer/testing";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { borda, lastLine, newFolderWithData } from "./borda";

/** Figures from PyTorch and transformers, handed out beside the checkout and not part of it. */
const reference = resolve(import.meta.dirname, "../../../../shared/reference/bert");

const folder = newFolderWithData();
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

describe("a model of the hub", () => {
  test("is trained on by its commit, and then is known without a network", async () => {
    const hub = await startHub({ "org/tiny": await tinyModel() });
    vi.stubEnv("HF_ENDPOINT", hub.endpoint);
    const flags = [
      "--backbone",
      "hub:org/tiny@main",
      "--max-steps",
      "1",
      "--executor",
      "onnx",
      "--out",
      "out",
      "--json",
    ];
    const trained = await borda(folder, ["train", "data.jsonl", ...flags]);
    await hub.close();
    expect(trained.stderr).toMatch(/^model\.safetensors {2}100\.0 % of \d+ bytes$/m);
    expect(trained.code).toBe(0);
    const pinned = `hub:org/tiny@${commit}`;
    const info = JSON.parse(readFileSync(join(folder, "out/borda.json"), "utf8"));
    expect([info.startedFrom, info.recipe.backbone]).toEqual([pinned, pinned]);
    const told = lastLine(await borda(folder, ["model", pinned, "--json"]));
    expect(told).toMatchObject({ modelType: "bert", hiddenSize: 32, dtypes: ["F32"], tokenizer: true, refused: [] });
    expect(told.honoured).toMatchObject({ num_attention_heads: 2, intermediate_size: 64 });
  }, 120_000);

  test("that cannot be reached is refused with what to do", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const ended = await borda(folder, ["model", "hub:org/other@main"]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain("org/other");
    expect(ended.stderr.trimEnd().split("\n")).toHaveLength(1);
  }, 60_000);
});

test("model names every field of a config that is refused, and exits 1", async () => {
  writeFileSync(join(folder, "config.json"), JSON.stringify({ model_type: "bert", is_decoder: true, hidden_act: "x" }));
  const ended = await borda(folder, ["model", ".", "--json"]);
  expect(ended.code).toBe(1);
  expect(
    lastLine(ended)
      .refused.map(({ field }: { field: string }) => field)
      .sort(),
  ).toEqual(["hidden_act", "is_decoder"]);
}, 60_000);

test("parity of a folder without a reference exits 1 and says so", async () => {
  const ended = await borda(folder, ["parity", "."]);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/is no reference/);
}, 60_000);

if (existsSync(reference)) {
  test("parity tells each figure, and exits 1 where one is out of tolerance", async () => {
    const copy = join(folder, "bert");
    cpSync(reference, copy, { recursive: true, filter: (path) => !path.endsWith("lora") });
    const agreed = await borda(folder, ["parity", "bert"]);
    expect([agreed.code, agreed.stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "1 of 1 agree."]);
    for (const figure of ["hidden states", "mean rewards", "mean loss", "last gradients", "mean update", "logits"])
      expect(agreed.stdout).toMatch(new RegExp(`${figure} +absolute \\S+ {2}relative \\S+ {2}ok`));

    const path = join(copy, "reference.json");
    const figures = JSON.parse(readFileSync(path, "utf8"));
    figures.pooled.mean.loss += 2e-4;
    writeFileSync(path, JSON.stringify(figures));
    const spoiled = await borda(folder, ["parity", "bert", "--json"]);
    expect(spoiled.code).toBe(1);
    const failed = lastLine(spoiled).folders[0].figures.filter(({ passed }: { passed: boolean }) => !passed);
    expect(failed.map(({ name }: { name: string }) => name)).toEqual(["mean loss"]);
  }, 120_000);
}
