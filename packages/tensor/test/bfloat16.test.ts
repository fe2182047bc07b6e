import { describe, expect, it } from "vitest";
import { isSetUp } from "../src/executors/tensorflow-library";
import { build as b, createExecutor, evaluate, float32, input, RuntimeFixed } from "../src/index";
import { expectClose, randomOf } from "./check";
import { home, whereHere } from "./lanes";

const runtime = { executor: "tensorflow", home, threads: 2, precision: "bfloat16" } as const;
describe.each(whereHere({ name: "tensorflow in bfloat16", runtime }, isSetUp(home, "cpu")))("$name", () => {
  it("rounds factors to 8 bits at most, and adds in float32", async () => {
    const [x, y] = [input("x", ["m", 512]), input("y", [512, "n"])];
    const executor = await createExecutor({ outputs: { z: b.matmul(x, y) } }, runtime);
    const random = randomOf(1);
    const draw = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
    const feeds = { x: float32(draw(64 * 512), [64, 512]), y: float32(draw(512 * 32), [512, 32]) };
    const { z } = await executor.run(feeds);
    // Each product is off by 2^-8 of itself at most, to either side; 512 of them add up to the root of their number.
    expectClose(z!.data, Array.from(evaluate({ z: b.matmul(x, y) }, feeds).z.data), 2 ** -8);
    await executor.close();
  });

  it("holds for the whole process", async () => {
    const other = createExecutor({ outputs: { y: b.neg(input("x", ["n"])) } }, { ...runtime, precision: "float32" });
    await expect(other).rejects.toThrow(RuntimeFixed);
  });
});
