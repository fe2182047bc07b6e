import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isSetUp } from "../src/executors/tensorflow-library";
import { adamW, build as b, chain, clipByGlobalNorm, createTrainStep, float32, input, parameter } from "../src/index";
import { home, whereHere } from "./lanes";

const isHere = isSetUp(home, "gpu");
/** A home that knows the GPU's build alone: the processor then runs that. */
const gpuHome = mkdtempSync(join(tmpdir(), "borda-tensor-gpu-"));
afterAll(() => rmSync(gpuHome, { recursive: true }));
if (isHere) {
  const [from, to] = [join(home, "tensorflow"), join(gpuHome, "tensorflow")];
  mkdirSync(to);
  for (const name of ["package.json", "gpu.json"]) cpSync(join(from, name), join(to, name));
  symlinkSync(join(from, "node_modules"), join(to, "node_modules"));
}

const runtime = { executor: "tensorflow", home: gpuHome, threads: 2 } as const;
describe.each(whereHere({ name: "tensorflow, the GPU's build", runtime }, isHere))("$name", () => {
  it("trains on the processor where there is no GPU", async () => {
    const w = parameter("w", [3, 1]);
    const x = input("x", ["n", 3]);
    const loss = b.reduceMean(b.square(b.sub(b.matmul(x, w), 1)));
    const step = await createTrainStep({
      ...runtime,
      weights: new Map([["w", { shape: [3, 1], data: Float32Array.of(0, 0, 0) }]]),
      objectives: { fit: { loss } },
      optimizer: chain(clipByGlobalNorm(1), adamW()),
    });
    const feeds = { x: float32([1, 0, 0, 0, 1, 0, 0, 0, 1], [3, 3]) };
    for (let i = 0; i < 50; i++) await step.run("fit", feeds, 0.05);
    expect((await step.run("fit", feeds, 0.05)).loss).toBeLessThan(0.05);
    await step.close();
  });
});
