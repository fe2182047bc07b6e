import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { describeModel, readModel, type WeightTensor, writeSafetensors } from "../src";
import { architectureOf } from "../src/registry";

const config = {
  model_type: "bert",
  vocab_size: 11,
  hidden_size: 4,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 6,
  max_position_embeddings: 8,
  hidden_dropout_prob: 0.1,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-model-"));
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  return () => rm(folder, { recursive: true });
});

const tensor = (shape: readonly number[], seed: number): WeightTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => Math.sin(seed + i)),
});

/** All tensors of the model by their own names. */
function tensors(): Map<string, WeightTensor> {
  const { weightShapes, optionalShapes } = architectureOf(config, "the test's config");
  return new Map([...weightShapes, ...optionalShapes].map(([name, shape], i) => [name, tensor(shape, i)]));
}
const renamed = (rename: (name: string) => string) => new Map([...tensors()].map(([name, of]) => [rename(name), of]));
const store = (weights: Map<string, WeightTensor>) => writeSafetensors(join(folder, "model.safetensors"), weights);

describe("weights are found by Hugging Face's names", () => {
  test("with the model's prefix or without, and with BERT's first names of norms", async () => {
    for (const rename of [
      (name: string) => name,
      (name: string) => `bert.${name}`,
      (name: string) =>
        `bert.${name.replace(/LayerNorm.weight$/, "LayerNorm.gamma").replace(/LayerNorm.bias$/, "LayerNorm.beta")}`,
    ]) {
      await store(renamed(rename));
      expect((await readModel(folder)).weights).toEqual(tensors());
    }
  });

  test("in shards, as an index says", async () => {
    const all = [...renamed((name) => `bert.${name}`)];
    const shards = { "model-1.safetensors": all.slice(0, 5), "model-2.safetensors": all.slice(5) };
    for (const [name, part] of Object.entries(shards)) await writeSafetensors(join(folder, name), new Map(part));
    const weight_map = Object.fromEntries(
      Object.entries(shards).flatMap(([file, part]) => part.map(([name]) => [name, file])),
    );
    const index = join(folder, "model.safetensors.index.json");
    await writeFile(index, JSON.stringify({ metadata: { total_size: 1 }, weight_map }));
    expect((await readModel(folder)).weights).toEqual(tensors());

    await writeFile(index, JSON.stringify({ weight_map: { ...weight_map, [all[0]![0]]: "model-2.safetensors" } }));
    await expect(readModel(folder)).rejects.toThrow(
      /word_embeddings.weight in model-2.safetensors, which does not hold/,
    );
    await writeFile(index, JSON.stringify({ weight_map: { ...weight_map, x: "model-3.safetensors" } }));
    await expect(readModel(folder)).rejects.toMatchObject({ code: "BACKBONE_NOT_FOUND" });
  });

  test("twice is once too often", async () => {
    await store(new Map([...tensors(), ["bert.embeddings.LayerNorm.bias", tensor([4], 0)]]));
    await expect(readModel(folder)).rejects.toMatchObject({ tensor: "embeddings.LayerNorm.bias" });
  });
});

describe("beside the base model", () => {
  const withHead = (labels: number) =>
    new Map([...tensors(), ["classifier.weight", tensor([labels, 4], 1)], ["classifier.bias", tensor([labels], 2)]]);

  test("a classifier of one label is its head, and one of more labels is left out", async () => {
    await store(withHead(1));
    expect([...(await readModel(folder)).head.keys()].sort()).toEqual(["classifier.bias", "classifier.weight"]);
    await store(withHead(3));
    expect((await readModel(folder)).head.size).toBe(0);
    await store(new Map([...withHead(1), ["classifier.weight", tensor([1, 5], 1)]]));
    await expect(readModel(folder)).rejects.toMatchObject({ tensor: "classifier.weight" });
  });

  test("a language model's head and what is no weight are left out, and anything else is named", async () => {
    const others = ["cls.predictions.bias", "bert.embeddings.position_ids"];
    await store(new Map([...tensors(), ...others.map((name) => [name, tensor([2], 0)] as const)]));
    expect(await describeModel(folder)).toMatchObject({
      modelType: "bert",
      leftOut: [...others].sort(),
      head: [],
      withoutEffect: { hidden_dropout_prob: "of training, where the recipe says what is dropped out" },
      honoured: { hidden_size: 4 },
      tokenizer: false,
    });
    await store(new Map([...tensors(), ["encoder.layer.1.output.dense.bias", tensor([4], 0)]]));
    await expect(readModel(folder)).rejects.toMatchObject({ tensor: "encoder.layer.1.output.dense.bias" });
  });

  test("every refused field is told at once", async () => {
    const bad = { ...config, is_decoder: true, rotary: 1, hidden_act: "mish" };
    await writeFile(join(folder, "config.json"), JSON.stringify(bad));
    const refused = await describeModel(folder).catch((error) =>
      error.refused.map((one: { field: string }) => one.field),
    );
    expect(refused.sort()).toEqual(["hidden_act", "is_decoder", "rotary"]);
  });
});
