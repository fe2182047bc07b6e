import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { findReferences, parity } from "../src";
import { figure } from "../src/parity/figure";
import { home, isHere } from "./tensorflow-home";
import { newFolder } from "./tiny";

/** Figures from PyTorch and transformers, handed out beside the checkout and not part of it. */
const references = resolve(import.meta.dirname, "../../../../shared/reference");

if (existsSync(references)) {
  const folders = await findReferences(references);
  // The sentence encoder's weights are a download of 90 MB: `borda parity --weights` runs it.
  const whole = folders.filter((folder) => !folder.endsWith("minilm"));
  const executors = isHere ? (["onnx", "tensorflow"] as const) : (["onnx"] as const);
  test.each(executors.flatMap((executor) => whole.map((folder) => [executor, folder] as const)))(
    "the engine on %s agrees with PyTorch on %s",
    async (executor, folder) => {
      const { figures } = await parity(folder, { runtime: { executor, home } });
      expect(figures.filter(({ passed }) => !passed)).toEqual([]);
      expect(figures.length).toBeGreaterThanOrEqual(4);
    },
    60_000,
  );
}

describe("a figure", () => {
  test("is the largest difference, absolute and beside the tensor's largest element", () => {
    const found = figure("gradients", [{ tensor: "a", actual: [1, 2.5], expected: [1, 2] }], "relative");
    expect(found).toMatchObject({ absolute: 0.5, relative: 0.25, worst: "a", passed: false });
  });

  test("leaves out elements that do not count", () => {
    const counts = (index: number) => index > 0;
    expect(figure("update", [{ actual: [9, 2], expected: [1, 2], counts }], "absolute").passed).toBe(true);
  });

  test("asks of a tensor of zeros only that ours is as small", () => {
    const of = (value: number) => figure("gradients", [{ actual: [value], expected: [1e-9] }], "relative").passed;
    expect([of(5e-6), of(2e-5)]).toEqual([true, false]);
  });

  test("allows a tensor of small numbers no more beside one of large numbers", () => {
    const large = { tensor: "large", actual: [1], expected: [1] };
    const small = { tensor: "small", actual: [2.0005e-5], expected: [2e-5] };
    expect(figure("gradients", [large, small], "relative")).toMatchObject({ worst: "small", passed: false });
  });

  test("fails where an element is no number, a tensor is missing, or nothing is compared", () => {
    expect(figure("loss", [{ actual: [Number.NaN], expected: [1] }], "absolute").passed).toBe(false);
    expect(figure("loss", [{ actual: [], expected: [1] }], "absolute").passed).toBe(false);
    expect(figure("loss", [], "absolute").passed).toBe(false);
  });
});

test("a folder that is no reference is refused by name", async () => {
  const folder = newFolder();
  await expect(findReferences(folder)).rejects.toMatchObject({ code: "BAD_REFERENCE" });
  await expect(parity(folder)).rejects.toThrow(/needs a reference.json/);
});
