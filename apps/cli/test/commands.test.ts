import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { borda, type Ended, lastLine, newFolderWithData } from "./borda";

const folder = newFolderWithData();
let trained: Ended;
beforeAll(async () => {
  writeFileSync(join(folder, "recipe.json"), JSON.stringify({ maxLength: 48, tokenBudget: 1024, heldOutShare: 0.3 }));
  const flags = ["--recipe", "recipe.json", "--max-steps", "2", "--seed", "3", "--out", "model", "--json"];
  trained = await borda(folder, ["train", "data.jsonl", ...flags]);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("train", () => {
  test("ends with one JSON object on stdout, and tells its progress on stderr", () => {
    expect(trained.code).toBe(0);
    expect(trained.stdout.trimEnd().split("\n")).toHaveLength(1);
    const { parameters } = lastLine(trained);
    expect(lastLine(trained)).toEqual({
      executor: expect.stringMatching(/^(onnx|tensorflow)$/),
      device: expect.any(String),
      precision: "float32",
      mode: "all",
      trained_parameters: parameters,
      parameters: expect.any(Number),
      steps: 2,
      seconds: expect.any(Number),
      tokens_per_second: expect.any(Number),
      tokens_per_epoch: expect.any(Number),
      padding: expect.any(Number),
      loss_first: expect.closeTo(Math.LN2, 3),
      loss_last: expect.any(Number),
      train_prompts: expect.any(Number),
      train_comparisons: expect.any(Number),
      eval: expect.objectContaining({
        prompts: expect.any(Number),
        comparisons: expect.any(Number),
        accuracy: expect.any(Number),
        accuracy_by_prompt: expect.any(Number),
        interval: [expect.any(Number), expect.any(Number)],
        log_loss: expect.any(Number),
        votes: expect.objectContaining({ agreement: expect.any(Number), longer_wins: expect.any(Number) }),
      }),
      out: join(folder, "model"),
      bad_rows: 1,
    });
    expect(trained.stderr).toContain("data.jsonl line 31: completions[0].text is empty.");
    expect(trained.stderr).toContain("data.jsonl: not read: source.");
    expect(existsSync(join(folder, "model/borda.json"))).toBe(true);
  });
  test("says what it took to run on, and why not the others", () => {
    expect(trained.stderr).toMatch(/^Taken: (onnx|tensorflow) on \w+ in float32\./m);
    expect(trained.stderr).toMatch(/^Not onnx on webgpu: /m);
    // Nothing of WebGPU was asked: its loader has no say.
    expect(trained.stderr).not.toMatch(/dawn|vulkan|^warning/im);
  });
  test("of the head alone changes the head, and knows the completions of the last run", async () => {
    writeFileSync(join(folder, "head.json"), JSON.stringify({ mode: "head", maxLength: 48 }));
    const again = (out: string) =>
      borda(folder, ["train", "data.jsonl", "--recipe", "head.json", "--executor", "onnx", "--out", out, "--json"]);
    const first = await again("head-a");
    expect(lastLine(first)).toMatchObject({ mode: "head", trained_parameters: 769, steps: 1, executor: "onnx" });
    const second = await again("head-b");
    expect(second.stderr).not.toMatch(/completions are known/);
    expect(lastLine(second).loss_last).toBe(lastLine(first).loss_last);
  }, 60_000);
  test("names the field of a recipe that the backbone cannot follow", async () => {
    writeFileSync(join(folder, "last.json"), JSON.stringify({ mode: "last", lastLayers: 5 }));
    const { code, stderr } = await borda(folder, ["train", "data.jsonl", "--recipe", "last.json", "--out", "never"]);
    expect(code).toBe(1);
    expect(stderr).toContain("lastLayers is 5, but the backbone has 2 layers");
  });
  test("holds out prompts, not comparisons: each is on one side", () => {
    const { train_prompts, train_comparisons, eval: held } = lastLine(trained);
    expect(train_prompts + held.prompts).toBe(30);
    expect(train_comparisons).toBe(train_prompts * 3);
  });
  test("with --eval it measures on that data, and does not train on its prompts", async () => {
    const flags = ["--eval", "data.jsonl", "--max-steps", "1", "--out", "nothing", "--recipe", "recipe.json"];
    const { code, stderr } = await borda(folder, ["train", "data.jsonl", ...flags]);
    expect(code).toBe(1);
    expect(stderr).toContain("30 prompts are in the held-out data too");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  }, 60_000);
});

describe("evaluate", () => {
  test("finds on the same prompts what training reported", async () => {
    const all = lastLine(await borda(folder, ["evaluate", "model", "data.jsonl", "--json"]));
    expect(all).toMatchObject({ checkpoint: join(folder, "model"), prompts: 30, bad_rows: 1 });
    expect(all.accuracy).toBeGreaterThan(0.5);
  }, 60_000);
});

describe("score", () => {
  const rows = [
    { prompt: "How do I cook rice?", completions: ["Boil it for ten minutes in twice its water.", "No."], id: 7 },
    { prompt: [{ role: "user", content: "Hi" }], completions: [{ text: "Hello!", model: "m" }] },
  ];
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  test("hands each line back with a score for each completion, from a file as from standard input", async () => {
    writeFileSync(join(folder, "rows.jsonl"), lines);
    const fromFile = await borda(folder, ["score", "model", "rows.jsonl"]);
    const fromInput = await borda(folder, ["score", "model", "-"], lines);
    expect(fromFile.code).toBe(0);
    expect(fromInput.stdout).toBe(fromFile.stdout);
    const scored = fromFile.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(scored.map(({ scores, ...row }) => row)).toEqual(rows);
    expect(scored.map(({ scores }) => scores.length)).toEqual([2, 1]);
    expect(scored[0].scores[0]).toBeGreaterThan(scored[0].scores[1]);
  }, 60_000);
  test.each([
    ["a line that is no JSON", `${lines}{"prompt"`, "Standard input, line 3 is not JSON"],
    ["a line without completions", `${lines}{"prompt":"x"}`, "Standard input, line 3, completions:"],
    ["an empty completion", '{"prompt":"x","completions":["a",""]}', "line 1, completions[1]"],
  ])(
    "%s is refused before anything is printed",
    async (_, input, sentence) => {
      const { code, stdout, stderr } = await borda(folder, ["score", "model"], input);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toContain(sentence);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    },
    60_000,
  );
});

describe("inspect", () => {
  test("tells format, prompts, k, comparisons, ties and bad rows", async () => {
    const { code, stdout } = await borda(folder, ["inspect", "data.jsonl"]);
    expect(code).toBe(0);
    for (const text of [
      "borda; not read: source",
      "rows         30, bad 1",
      "prompts      30",
      "3 (30)",
      "84, and 6 ties",
      "line 31",
    ])
      expect(stdout).toContain(text);
    const { files } = lastLine(await borda(folder, ["inspect", "data.jsonl", "--json"]));
    expect(files[0]).toMatchObject({
      format: "borda",
      ignored: ["source"],
      prompts: 30,
      comparisons: 84,
      ties: 6,
      k: { 3: 30 },
    });
    expect(files[0].bad_rows).toEqual([expect.objectContaining({ line: 31, field: "completions[0].text" })]);
  }, 60_000);
});

describe("what cannot work ends with one sentence and leaves nothing", () => {
  test.each<[string, string[], number, string]>([
    ["a file that does not exist", ["train", "none.jsonl"], 1, "none.jsonl does not exist."],
    ["a file of no known format", ["inspect", "recipe.json"], 1, "no known format"],
    ["a recipe with an unknown field", ["train", "data.jsonl", "--recipe", "typo.json"], 1, "typo.json"],
    ["a recipe that is no JSON", ["train", "data.jsonl", "--recipe", "data.jsonl"], 1, "data.jsonl is not JSON"],
    ["a recipe that wants a project", ["train", "data.jsonl", "--recipe", "from.json"], 1, "startFrom"],
    ["a backbone that does not exist", ["train", "data.jsonl", "--backbone", "nowhere"], 1, "nowhere"],
    ["a folder that is taken", ["train", "data.jsonl", "--out", "model"], 1, "exists already"],
    ["a checkpoint that is none", ["evaluate", ".", "data.jsonl"], 1, "is no checkpoint"],
    ["no data", ["train"], 2, "missing required argument"],
    ["an unknown command", ["retrain"], 2, "unknown command"],
    ["steps that are no number", ["train", "data.jsonl", "--max-steps", "few"], 2, "whole number"],
  ])(
    "%s",
    async (_, args, code, sentence) => {
      writeFileSync(join(folder, "typo.json"), JSON.stringify({ epoch: 3 }));
      writeFileSync(join(folder, "from.json"), JSON.stringify({ startFrom: "published" }));
      const before = readdirSync(folder).sort();
      const ended = await borda(folder, args);
      expect([ended.code, ended.stdout]).toEqual([code, ""]);
      expect(ended.stderr).toContain(sentence);
      expect(ended.stderr).not.toContain("    at ");
      expect(readdirSync(folder).sort()).toEqual(before);
    },
    60_000,
  );
});
