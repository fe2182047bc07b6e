import { describe, expect, it } from "vitest";
import { adamW, build as b, chain, clipByGlobalNorm, input, isMatrix, type Optimizer, parameter } from "../src/index";
import { kernelUpdates, shrinkage } from "../src/lower/tensorflow-kernels";
import { applicationGraph, stepGraph } from "../src/step-graph";

const names = new Set(["matrix", "bias"]);
const x = input("x", ["n", 3]);
const loss = b.reduceSum(b.square(b.linear(x, parameter("matrix", [3, 2]), parameter("bias", [2]))));

describe("updates that TensorFlow has a kernel for", () => {
  it("are AdamW's, its decay stored before the kernel runs", () => {
    const { updates } = stepGraph({ loss }, names, chain(clipByGlobalNorm(1), adamW()));
    const { fused, others } = kernelUpdates(updates);
    expect(others).toEqual({});
    expect(fused.map(({ variables }) => variables)).toEqual([
      { value: "matrix", mean: "means/matrix", square: "squares/matrix" },
      { value: "bias", mean: "means/bias", square: "squares/bias" },
    ]);
    const decayed = fused.filter(({ first }) => first);
    expect(decayed.map(({ variables }) => variables.value)).toEqual(["matrix"]);
    expect(isMatrix({ value: decayed[0]!.first! })).toBe(true);
    expect(shrinkage(decayed[0]!.first!, "matrix")).toMatchObject({ shape: [] });
    expect(shrinkage(decayed[0]!.first!, "bias")).toBeUndefined();
    expect(shrinkage(b.mul(parameter("bias", [2]), parameter("mask", [2])), "bias")).toBeUndefined();
    expect(Object.keys(fused[0]!.operands).sort()).toEqual(["floor", "gradient", "meanShare", "rate", "squareShare"]);
  });

  it("leave the sums of several passes to be cleared as they are", () => {
    const { updates } = applicationGraph([{ loss }], names, adamW());
    const { fused, others } = kernelUpdates(updates);
    expect(fused).toHaveLength(2);
    expect(Object.keys(others)).toEqual(["sum/matrix", "sum/bias"]);
  });

  it("are none of a rule that only resembles Adam", () => {
    // Nesterov's step looks ahead: the value moves by something else than the mean that is kept.
    const ahead: Optimizer = {
      ...adamW(),
      update: (build, trainables, scalars) =>
        adamW()
          .update(build, trainables, scalars)
          .map((each) => ({ ...each, slots: { ...each.slots, means: build.mul(each.slots.means!, 0.5) } })),
    };
    const { updates } = stepGraph({ loss }, names, ahead);
    const { fused, others } = kernelUpdates(updates);
    expect(fused).toEqual([]);
    expect(others).toEqual(updates);
  });
});
