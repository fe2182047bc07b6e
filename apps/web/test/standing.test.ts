import type { EvaluationReport, PairedDifference } from "@borda/preferences";
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
    expect(standingOf(report(0.7), null, null)).toEqual({
      ...{ verdict: "first", difference: null, interval: null, clear: false },
    });
  });
  it("is clearly better where the interval of the difference is above 0, though the models' own overlap", () => {
    const paired = (low: number, high: number): PairedDifference => ({
      prompts: 50,
      accuracy: 0.02,
      interval: [low, high],
    });
    const standing = standingOf(report(0.62), report(0.6), paired(0.005, 0.04));
    expect(standing).toMatchObject({ verdict: "better", interval: [0.005, 0.04], clear: true });
    expect(standingOf(report(0.62), report(0.6), paired(-0.01, 0.05))).toMatchObject({ clear: false });
  });
  it("measured before differences were kept is clearly better only where the models' intervals are apart", () => {
    expect(standingOf(report(0.8), report(0.6), null)).toMatchObject({
      verdict: "better",
      interval: null,
      clear: true,
    });
    expect(standingOf(report(0.62), report(0.6), null)).toMatchObject({ verdict: "better", clear: false });
  });
  it("is published by itself unless it is worse by more than the tolerance", () => {
    const rule = { mode: "automatic", tolerance: 0.01 } as const;
    expect(publishesItself(rule, standingOf(report(0.595), report(0.6), null))).toBe(true);
    expect(publishesItself(rule, standingOf(report(0.58), report(0.6), null))).toBe(false);
    expect(publishesItself(rule, standingOf(report(0.3), null, null))).toBe(true);
    expect(publishesItself({ mode: "manual" }, standingOf(report(0.9), report(0.6), null))).toBe(false);
  });
});
