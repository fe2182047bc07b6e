import type { CheckpointId, EvaluationReport } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { type Candidate, verdictOn } from "../src/training/publishing";

const report = (accuracy: number): EvaluationReport => ({
  prompts: 50,
  comparisons: 150,
  accuracy,
  accuracyByPrompt: accuracy,
  interval: [accuracy - 0.05, accuracy + 0.05],
  logLoss: 0.5,
  longerWins: 0.6,
  rewardMean: 0,
  rewardDeviation: 1,
});
const baseline = "checkpoint-1" as CheckpointId;
const candidate = (accuracy: number, fields: Partial<Candidate> = {}): Candidate => ({
  rule: { mode: "automatic", tolerance: 0.01 },
  report: report(accuracy),
  baselineId: baseline,
  baselineReport: report(0.75),
  paired: null,
  publishedId: baseline,
  ...fields,
});

describe("the automatic rule", () => {
  it.each([
    [0.9, true],
    [0.75, true],
    [0.74, true],
    [0.7399, false],
    [0.5, false],
  ])("on accuracy %f against 0.75, tolerance 0.01: published %s", (accuracy, publish) => {
    expect(verdictOn(candidate(accuracy)).publish).toBe(publish);
  });

  it("publishes a project's first checkpoint", () => {
    const first = { baselineId: null, baselineReport: null, publishedId: null };
    expect(verdictOn(candidate(0.4, first))).toEqual({ publish: true, reason: "the project's first checkpoint" });
  });

  it("does not undo what a person published meanwhile", () => {
    const verdict = verdictOn(candidate(0.99, { publishedId: "checkpoint-2" as CheckpointId }));
    expect(verdict).toEqual({ publish: false, reason: expect.stringContaining("another checkpoint was published") });
  });

  it("says the figures", () => {
    const { reason } = verdictOn(candidate(0.7));
    expect(reason).toBe("held-out accuracy 70.0 % against 75.0 % is worse by more than the tolerance 1.0 %");
    const paired = { prompts: 50, accuracy: 0.012, interval: [-0.003, 0.026] as [number, number] };
    expect(verdictOn(candidate(0.762, { paired })).reason).toBe(
      "held-out accuracy 76.2 % against 75.0 % (+1.2 points, 95 % from -0.3 to +2.6), tolerance 1.0 %",
    );
  });
});

it("the manual rule publishes nothing", () => {
  expect(verdictOn(candidate(0.99, { rule: { mode: "manual" } })).publish).toBe(false);
});
