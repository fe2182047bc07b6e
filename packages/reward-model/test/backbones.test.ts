import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Recipe } from "@borda/preferences";
import { readSafetensors } from "@borda/transformer";
import { expect, test } from "vitest";
import { loadScorer, train } from "../src";
import { sizes, smallCheckpoint } from "./small-checkpoint";
import { kindnessGroups, newFolder } from "./tiny";

test.each([
  [
    "bert",
    "cls",
    { intermediate_size: 12, max_position_embeddings: 64 },
    ["bert.embeddings.word_embeddings.weight", "bert.pooler.dense.weight", "classifier.weight", "classifier.bias"],
    { architectures: ["BertForSequenceClassification"] },
    "one node",
  ],
  [
    "modernbert",
    "cls",
    { intermediate_size: 12, classifier_pooling: "mean", pad_token_id: 0 },
    ["model.embeddings.tok_embeddings.weight", "head.dense.weight", "head.norm.weight", "classifier.weight"],
    { architectures: ["ModernBertForSequenceClassification"], classifier_pooling: "cls" },
    "its parts",
  ],
  [
    "llama",
    "last",
    { intermediate_size: 12, num_key_value_heads: 1 },
    ["model.embed_tokens.weight", "score.weight"],
    { architectures: ["LlamaForSequenceClassification"], pad_token_id: 0 },
    "its parts",
  ],
  [
    "deberta-v2",
    "mean",
    { intermediate_size: 12, relative_attention: true, pos_att_type: "c2p|p2c" },
    ["deberta.encoder.rel_embeddings.weight", "score.weight", "score.bias"],
    { architectures: ["DebertaV2Model"] },
    "its parts",
  ],
] as const)(
  "a %s learns by its %s state, and its checkpoint scores as it was measured",
  async (type, pooling, more, names, config, attention) => {
    const parent = newFolder();
    const backbone = await smallCheckpoint(parent, { model_type: type, ...sizes, ...more });
    const groups = kindnessGroups(24);
    const recipe = Recipe.parse({
      backbone,
      pooling,
      maxLength: 40,
      tokenBudget: 512,
      epochs: 3,
      learningRate: 5e-3,
      evaluations: 1,
    });
    const out = join(parent, "out");
    const split = { train: groups.slice(0, 20), heldOut: groups.slice(20) };
    const { eval: report, lossFirst, lossLast } = await train({ groups: split, recipe, out, threads: 1 });
    expect(lossLast).toBeLessThan(lossFirst);

    const scorer = await loadScorer(out);
    const scored = await scorer.scoreGroups(
      split.heldOut.map(({ prompt, completions }) => ({ prompt, completions: completions.map(({ text }) => text) })),
    );
    await scorer.close();
    const rewards = scored.flat().map(({ reward }) => reward);
    const mean = rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
    // A freely trained head's rewards may be so large that a float32's own step is near the bound: eight steps of theirs.
    const bound = Math.max(5e-6, 8 * 2 ** -23 * Math.abs(mean));
    expect(Math.abs(mean - report.rewardMean)).toBeLessThan(bound);

    const fused = (await readFile(join(out, "onnx/model.onnx"))).includes("MultiHeadAttention");
    expect(fused ? "one node" : "its parts").toBe(attention);

    const { tensors } = await readSafetensors(join(out, "model.safetensors"));
    expect([...tensors.keys()]).toEqual(expect.arrayContaining([...names]));
    expect(tensors.has("score.bias")).toBe(pooling === "mean"); // transformers' own heads of decoders have none
    expect(JSON.parse(await readFile(join(out, "config.json"), "utf8"))).toMatchObject({
      model_type: type,
      num_labels: 1,
      ...config,
    });
  },
);
