import { join } from "node:path";
import { Recipe } from "@borda/preferences";
import { mergeAdapter, readAdapter, readCheckpoint, readSafetensors, type Weights } from "@borda/transformer";
import { describe, expect, test } from "vitest";
import { evaluate, splitGroups, train } from "../src";
import { withOwnHead } from "../src/own-head";
import { sizes, smallCheckpoint } from "./small-checkpoint";
import { kindnessGroups, newFolder } from "./tiny";

const groups = splitGroups(kindnessGroups(24), 0.25);
const encoder = { ...sizes, intermediate_size: 12, max_position_embeddings: 64 };

/** A checkpoint of a model without a head, and a recipe of short steps for it. */
async function newBackbone(type: string, over: Partial<Recipe>, config: Record<string, unknown> = encoder) {
  const parent = newFolder();
  const backbone = await smallCheckpoint(parent, { model_type: type, ...config });
  const fixed = { pooling: "cls", maxLength: 40, tokenBudget: 512, learningRate: 5e-3, evaluations: 1 } as const;
  const recipe = Recipe.parse({ backbone, ...fixed, ...over });
  return { recipe, backbone, out: join(parent, "out") };
}

const tensorsOf = async (folder: string): Promise<Weights> =>
  (await readSafetensors(join(folder, "model.safetensors"))).tensors;

describe("a head of several layers that the backbone's checkpoint lacks", () => {
  test.each([
    ["roberta", ["classifier.dense.weight", "classifier.dense.bias"]],
    ["distilbert", ["pre_classifier.weight", "pre_classifier.bias"]],
    ["modernbert", ["head.dense.weight", "head.norm.weight"]],
    ["bert", ["pooler.dense.weight", "pooler.dense.bias"]],
  ] as const)(
    "of %s trains whole beside low-rank adapters, and is in the adapter as peft keeps it",
    async (type, inner) => {
      const own = { dim: 8, n_heads: 2, n_layers: 1, hidden_dim: 12, vocab_size: 22, max_position_embeddings: 64 };
      const config = type === "distilbert" ? own : { ...encoder, pad_token_id: 0 };
      const lora = { mode: "lora", loraRank: 2, loraSave: "merged+adapter", loraTargets: "all-linear" } as const;
      const { recipe, backbone, out } = await newBackbone(type, lora, config);
      const result = await train({ groups, recipe, out, threads: 1 });

      const base = await readCheckpoint(backbone);
      const begun = withOwnHead(base, "cls", recipe);
      const trained = await readCheckpoint(out);
      const valuesOf = (name: string) => (trained.weights.get(name) ?? trained.head.get(name))!.data;
      for (const name of inner) expect(valuesOf(name)).not.toEqual(begun.weights.get(name)!.data);
      const kept = inner.reduce((sum, name) => sum + begun.weights.get(name)!.data.length, 0);
      expect(result.trainedParameters).toBeGreaterThanOrEqual(kept);

      const adapter = await readAdapter(join(out, "adapter"), base);
      expect(adapter.config).toMatchObject({ task_type: "SEQ_CLS", base_model_name_or_path: backbone });
      expect(adapter.config.modules_to_save).toContain("classifier");
      expect(adapter.parts.map(({ module }) => `${module}.weight`)).not.toEqual(expect.arrayContaining([inner[0]]));
      const merged = mergeAdapter(base, adapter);
      for (const [name, { data }] of [...trained.weights, ...trained.head])
        expect([name, (merged.weights.get(name) ?? merged.head.get(name))?.data]).toEqual([name, data]);

      const served = await evaluate(out, groups.heldOut);
      expect(Math.abs(served.logLoss - result.eval.logLoss)).toBeLessThan(1e-4); // merged weights round otherwise
    },
    60_000,
  );

  test("trains whole beside the last layer", async () => {
    const { recipe, backbone, out } = await newBackbone("roberta", { mode: "last", lastLayers: 1 });
    await train({ groups, recipe, out, threads: 1 });
    const begun = withOwnHead(await readCheckpoint(backbone), "cls", recipe);
    const tensors = await tensorsOf(out);
    const name = "classifier.dense.weight";
    expect(tensors.get(name)!.data).not.toEqual(begun.weights.get(name)!.data);
  }, 60_000);

  test("is refused by a training of the head alone, which solves a linear layer, with what to choose", async () => {
    const { recipe, out } = await newBackbone("roberta", { mode: "head" });
    await expect(train({ groups, recipe, out, threads: 1 })).rejects.toMatchObject({
      code: "BAD_RECIPE",
      message: expect.stringMatching(/^mode is head.* classifier\.dense\.weight.* Choose pooling mean, or mode lora/),
    });
  });

  test("is solved on top of layers that the checkpoint has", async () => {
    const { recipe, out } = await newBackbone("roberta", {});
    await train({ groups, recipe, out, threads: 1 });
    const again = { ...recipe, backbone: out, mode: "head" } as const;
    await train({ groups, recipe: again, out: `${out}-head`, threads: 1 });
    const [before, after] = [await tensorsOf(out), await tensorsOf(`${out}-head`)];
    const changed = [...after.keys()].filter(
      (name) => !Buffer.from(after.get(name)!.data).equals(Buffer.from(before.get(name)!.data)),
    );
    expect(changed).toEqual(["classifier.out_proj.bias", "classifier.out_proj.weight"]);
  }, 60_000);
});

test("a decoder's adapter brings its score, for transformers' class of it", async () => {
  const config = { ...sizes, intermediate_size: 12, num_key_value_heads: 1 };
  const { recipe, backbone, out } = await newBackbone(
    "llama",
    { mode: "lora", pooling: "last", loraSave: "merged+adapter" },
    config,
  );
  await train({ groups, recipe, out, threads: 1 });
  const adapter = await readAdapter(join(out, "adapter"), await readCheckpoint(backbone));
  expect(adapter.config).toMatchObject({ task_type: "SEQ_CLS", modules_to_save: ["score"] });
  expect([...adapter.weights.keys()].sort()).toEqual([
    ...["q_proj", "v_proj"].flatMap((part) =>
      ["A", "B"].map((matrix) => `base_model.model.model.layers.0.self_attn.${part}.lora_${matrix}.weight`),
    ),
    "base_model.model.score.weight",
  ]);
  expect(adapter.weights.get("base_model.model.score.weight")).toEqual((await tensorsOf(out)).get("score.weight"));
}, 60_000);
