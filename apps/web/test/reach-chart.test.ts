import type { CheckpointId, EvaluationReport } from "@borda/preferences";
import { expect, test } from "vitest";
import { reachesOf } from "../src/features/overview/components/reach-chart";

const old: EvaluationReport = {
  ...{ prompts: 50, comparisons: 180, accuracy: 0.7, accuracyByPrompt: 0.7, interval: [0.6, 0.8] },
  ...{ logLoss: 0.6, longerWins: 0.55, rewardMean: 0, rewardDeviation: 1 },
};
const votes = { count: 400, agreement: 0.63, interval: [0.58, 0.68] as [number, number], longerWins: 0.52 };
const published = (report: EvaluationReport) => ({ id: "c" as CheckpointId, report, publishedAt: new Date(0) });
const agreement = { agreed: 64, pairs: 100 };
const shares = (report: EvaluationReport) =>
  reachesOf({ published: published(report), agreement }).map(({ share, interval }) => [share, interval]);

test("model, rule and people stand side by side by single votes", () => {
  expect(shares({ ...old, votes })).toEqual([
    [0.63, [0.58, 0.68]],
    [0.52, undefined],
    [0.64, undefined],
  ]);
});

test("an accuracy against the merged vote is said, and not drawn beside human agreement", () => {
  expect(shares(old)).toEqual([
    [null, undefined],
    [null, undefined],
    [0.64, undefined],
  ]);
  const [model] = reachesOf({ published: published(old), agreement });
  expect(model!.note).toContain("accuracy 70.0 % against the merged vote");
});
