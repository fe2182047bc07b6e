import type { EvaluationReport } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { publishesItself, standingOf } from "../src/features/checkpoints/standing";

const report = (accuracy: number, halfWidth = 0.05): EvaluationReport => ({
  prompts: 50,
  comparisons: 500,
  accuracy,
  accuracyByPrompt: accuracy,
  interval: [accuracy - halfWidth, accuracy + halfWidth],
  logLoss: 0.6,
  longerWins: 0.6,
  rewardMean: 0,
  rewardDeviation: 1,
});

describe("a candidate beside the published checkpoint", () => {
  it("is the first where nothing is published", () => {
    expect(standingOf(report(0.7), null)).toEqual({ verdict: "first", difference: null, clear: false });
  });
  it("is clearly better only when the intervals are apart", () => {
    expect(standingOf(report(0.8), report(0.6))).toMatchObject({ verdict: "better", clear: true });
    expect(standingOf(report(0.62), report(0.6))).toMatchObject({ verdict: "better", clear: false });
  });
  it("is published by itself unless it is worse by more than the tolerance", () => {
    const rule = { mode: "automatic", tolerance: 0.01 } as const;
    expect(publishesItself(rule, standingOf(report(0.595), report(0.6)))).toBe(true);
    expect(publishesItself(rule, standingOf(report(0.58), report(0.6)))).toBe(false);
    expect(publishesItself(rule, standingOf(report(0.3), null))).toBe(true);
    expect(publishesItself({ mode: "manual" }, standingOf(report(0.9), report(0.6)))).toBe(false);
  });
});
