import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { splitGroups, train } from "../src";
import { home, isHere } from "./tensorflow-home";
import { kindnessGroups, newFolder, tinyBackbone, tinyRecipe } from "./tiny";

const folder = newFolder();
let backbone: string;
beforeAll(async () => {
  backbone = await tinyBackbone(folder, { layers: 2 });
}, 60_000);

describe.runIf(isHere)("a training on TensorFlow", () => {
  const groups = splitGroups(kindnessGroups(40), 0.25);
  const dropouts = { attentionDropout: 0.1, hiddenDropout: 0.1 };
  test.each([
    ["several", { accumulation: 2, tokenBudget: 64, recompute: "layers", ...dropouts }],
    ["one-token", { pooling: "cls", ...dropouts }],
    ["scores-again", { recompute: "attention", ...dropouts }],
    ["lora", { mode: "lora", loraDropout: 0.1 }],
    ["head", { mode: "head" }],
  ] as const)(
    "comes to the figures of onnxruntime: %s",
    async (name, over) => {
      const on = (executor: "onnx" | "tensorflow") =>
        train({
          groups,
          recipe: tinyRecipe(backbone, over),
          out: join(folder, `${name}-${executor}`),
          threads: 1,
          runtime: { executor, home },
        });
      const [expected, actual] = [await on("onnx"), await on("tensorflow")];
      expect(actual.lossLast).toBeCloseTo(expected.lossLast, 3);
      expect(actual.eval.logLoss).toBeCloseTo(expected.eval.logLoss, 3);
      expect(actual.eval.accuracy).toBe(expected.eval.accuracy);
    },
    60_000,
  );
});
