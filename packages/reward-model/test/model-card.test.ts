import { Recipe } from "@borda/preferences";
import { expect, test } from "vitest";
import { CheckpointInfo } from "../src/checkpoint-info";
import { measure } from "../src/measure";
import { modelCard } from "../src/model-card";

const info = {
  format: "borda-checkpoint/1",
  createdAt: "2026-01-01T00:00:00.000Z",
  runId: null,
  startedFrom: "backbone",
  maxLength: 64,
  recipe: Recipe.parse({}),
  data: { hash: "", trainPrompts: 1, trainComparisons: 1, heldOutPrompts: 0 },
  training: { steps: 1, seconds: 1, tokensPerSecond: 1, lossFirst: 1, lossLast: 1 },
  evaluation: measure([]),
  reward: null,
  files: {},
};

test.each([
  ["bert", "cls", "transformers", "by transformers"],
  ["bert", "mean", "sentence-transformers", "by sentence-transformers"],
  ["bert", "completion", "onnxruntime", "No library of Python has this pooling"],
  ["borda-starter", "completion", "onnxruntime", "No library of Python has this pooling"],
  ["borda-starter", "mean", "onnxruntime", "transformers has no architecture borda-starter"],
] as const)("the card of a %s by %s says how Python opens it", (modelType, pooling, opensIn, words) => {
  const card = modelCard(CheckpointInfo.parse({ ...info, modelType, pooling, opensIn }), "reward");
  expect(card).toContain(words);
  expect(card.includes("has no architecture bert")).toBe(false);
});

test("the card says agreement with single votes, and leaves it out of a report from before it was measured", () => {
  const comparisons = [{ first: 0, second: 1, target: 0.75, weight: 4, votes: [3, 1] as const }];
  const evaluation = measure([{ comparisons, rewards: [1, 0], lengths: [1, 1] }]);
  const { votes, ...old } = evaluation;
  const cardOf = (report: typeof evaluation) =>
    modelCard(
      CheckpointInfo.parse({
        ...info,
        modelType: "bert",
        pooling: "cls",
        evaluation: JSON.parse(JSON.stringify(report)),
      }),
      "reward",
    );
  const said = `| agreement with ${votes!.count} single votes of labelers | 75.0 % (95 % interval by prompt: 75.0 % to 75.0 %) |`;
  expect(cardOf(evaluation).split("\n")).toContain(said);
  expect(cardOf(old)).toBe(cardOf(evaluation).replace(`${said}\n`, ""));
});
