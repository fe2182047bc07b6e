import type { EvaluationReport, RunEvent } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { emptyRunView, followRun, smooth } from "../src/features/training/run-view";

const report: EvaluationReport = {
  prompts: 10,
  comparisons: 40,
  accuracy: 0.7,
  accuracyByPrompt: 0.7,
  interval: [0.6, 0.8],
  logLoss: 0.6,
  longerWins: 0.6,
  rewardMean: 0,
  rewardDeviation: 1,
};

let id = 0;
const stored = (event: RunEvent) => ({ id: ++id, at: new Date(0), event });
const step = (n: number, loss: number) =>
  stored({
    type: "step",
    step: n,
    loss,
    learningRate: 1e-4,
    gradientNorm: 1,
    tokens: n,
    tokensPerSecond: 1,
    secondsLeft: 1,
  });

describe("a run's view", () => {
  it("keeps steps and evaluations in order", () => {
    const view = followRun(emptyRunView, [step(1, 0.9), step(2, 0.8), stored({ type: "evaluation", step: 2, report })]);
    expect(view.steps.map(({ loss }) => loss)).toEqual([0.9, 0.8]);
    expect(view.evaluations).toEqual([{ step: 2, report }]);
  });

  it("is drawn again from the saved step when a killed run goes on", () => {
    const before = followRun(emptyRunView, [
      step(1, 0.9),
      stored({ type: "saved", step: 1 }),
      step(2, 0.8),
      step(3, 0.7),
      stored({ type: "evaluation", step: 3, report }),
    ]);
    const after = followRun(before, [step(2, 0.5)]);
    expect(after.steps.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 0.9],
      [2, 0.5],
    ]);
    expect(after.evaluations).toEqual([]);
    expect(after.savedStep).toBe(1);
  });

  it("takes an event that arrives twice once", () => {
    const log = stored({ type: "log", level: "info", message: "begun" });
    expect(followRun(followRun(emptyRunView, [log]), [log]).log).toHaveLength(1);
  });

  it("does not change the view it was given", () => {
    const view = followRun(emptyRunView, [step(1, 0.9)]);
    followRun(view, [step(2, 0.8), stored({ type: "log", level: "warn", message: "slow" })]);
    expect(view.steps).toHaveLength(1);
    expect(view.log).toEqual([]);
  });
});

describe("smoothing", () => {
  it("leaves a constant as it is, from its first value on", () => {
    for (const value of smooth([2, 2, 2, 2], 0.9)) expect(value).toBeCloseTo(2, 12);
  });
  it("returns the values without memory", () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
  });
});
