import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  type AdapterConfig,
  type Model,
  mergeAdapter,
  readAdapter,
  saveAdapter,
  type WeightTensor,
  withAdapter,
} from "../src";
import { architectureOf } from "../src/registry";

const tensor = (shape: readonly number[], seed: number): WeightTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((product, n) => product * n, 1) }, (_, i) => Math.sin(seed + i)),
});

/** A model with the head that transformers has for it. */
function modelOf(config: Record<string, unknown>): Model {
  const { weightShapes, optionalShapes, classification, model } = architectureOf(config, "the test's config");
  const filled = (shapes: ReadonlyMap<string, readonly number[]>) =>
    new Map([...shapes].map(([name, shape], i) => [name, tensor(shape, i)] as const));
  const weights = filled(new Map([...weightShapes, ...optionalShapes]));
  const head = new Map([...filled(classification!.shapes)].filter(([name]) => !weights.has(name)));
  return model({ weights, head });
}
const bert = modelOf({
  model_type: "bert",
  vocab_size: 11,
  hidden_size: 4,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 6,
});
const gpt2 = modelOf({ model_type: "gpt2", vocab_size: 11, n_positions: 8, n_embd: 4, n_head: 2, n_layer: 1 });

const query = "encoder.layer.0.attention.self.query";
const stored = (module: string, matrix: string) => `base_model.model.${module}.lora_${matrix}.weight`;
/** The two matrices of a layer [inward] -> [outward]. */
function matrices(module: string, rank: number, inward: number, outward: number): Map<string, WeightTensor> {
  return new Map([
    [stored(module, "A"), tensor([rank, inward], 1)],
    [stored(module, "B"), tensor([outward, rank], 2)],
  ]);
}
const ofQuery = () => matrices(`bert.${query}`, 2, 4, 4);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-adapter-"));
  return () => rm(folder, { recursive: true });
});

const plain: AdapterConfig = { peft_type: "LORA", r: 2, lora_alpha: 4, target_modules: ["query"] };
async function read(change: object, weights = ofQuery(), model = bert) {
  await saveAdapter(folder, { config: { ...plain, ...change }, weights });
  return readAdapter(folder, model);
}

describe("a LoRA adapter", () => {
  test("is read as it was saved, and merged it adds alpha / r times B A", async () => {
    const adapter = await read({});
    expect([adapter.config, adapter.weights]).toEqual([plain, ofQuery()]);
    const [a, b] = [...ofQuery().values()] as [WeightTensor, WeightTensor];
    const merged = mergeAdapter(bert, adapter).weights.get(`${query}.weight`)!.data;
    const before = bert.weights.get(`${query}.weight`)!.data;
    const product = b.data[2 * 1]! * a.data[3]! + b.data[2 * 1 + 1]! * a.data[4 + 3]!;
    expect(merged[1 * 4 + 3]).toBeCloseTo(before[1 * 4 + 3]! + 2 * product, 6);
    expect([...withAdapter(bert, adapter).weights.keys()]).toEqual([...bert.weights.keys(), ...ofQuery().keys()]);
  });

  test("scales by its patterns and by rank-stabilised LoRA", async () => {
    const scaleOf = async (change: object) => (await read(change)).parts[0]!.scale;
    expect(await scaleOf({ use_rslora: true })).toBeCloseTo(4 / Math.SQRT2);
    expect(await scaleOf({ alpha_pattern: { "self.query": 6 } })).toBe(3);
    expect(await scaleOf({ r: 8, rank_pattern: { ".*query": 2 } })).toBe(2);
  });

  test.each([
    { target_modules: ["query", "value"] },
    { target_modules: ".*\\.self\\.(query|value)" },
    { target_modules: "all-linear" },
    { target_modules: ["query"], exclude_modules: ["layer.1.attention.self.query"] },
  ])("may name its layers as %j", async (change) => {
    expect((await read(change)).parts.map(({ module }) => module)).toEqual([query]);
  });

  test.each([{ target_modules: ["value"] }, { target_modules: ".*query_proj" }, { exclude_modules: ".*query" }])(
    "whose matrices are not those that %j names is refused",
    async (change) => {
      await expect(read(change)).rejects.toMatchObject({
        code: "WEIGHT_MISMATCH",
        tensor: stored(`bert.${query}`, "A"),
      });
    },
  );

  test("of GPT-2 changes a weight that is stored the other way round, whatever fan_in_fan_out says", async () => {
    for (const fan_in_fan_out of [true, false]) {
      const module = "transformer.h.0.attn.c_attn";
      const adapter = await read({ target_modules: ["c_attn"], fan_in_fan_out }, matrices(module, 2, 4, 12), gpt2);
      const [a, b] = [...adapter.weights.values()] as [WeightTensor, WeightTensor];
      const merged = mergeAdapter(gpt2, adapter).weights.get("h.0.attn.c_attn.weight")!;
      const before = gpt2.weights.get("h.0.attn.c_attn.weight")!.data;
      const product = b.data[2 * 7]! * a.data[3]! + b.data[2 * 7 + 1]! * a.data[4 + 3]!;
      expect(merged.shape).toEqual([4, 12]);
      expect(merged.data[3 * 12 + 7]).toBeCloseTo(before[3 * 12 + 7]! + 2 * product, 6);
    }
  });

  test("brings the head that it was trained with, and changes layers of the head, too", async () => {
    const head = tensor([1, 4], 5);
    const weights = new Map([
      ...matrices("bert.pooler.dense", 2, 4, 4),
      ["base_model.model.classifier.weight", head],
      ["base_model.model.classifier.bias", tensor([1], 6)],
    ]);
    const change = { target_modules: ["dense"], modules_to_save: ["classifier", "score"], task_type: "SEQ_CLS" };
    const adapter = await read(change, weights);
    for (const model of [withAdapter(bert, adapter), mergeAdapter(bert, adapter)]) {
      expect(model.head.get("classifier.weight")).toEqual(head);
      expect([...model.head.keys()]).toEqual([...bert.head.keys()]);
    }
    const pooler = mergeAdapter(bert, adapter).weights.get("pooler.dense.weight");
    expect(pooler).not.toEqual(bert.weights.get("pooler.dense.weight"));
  });

  test("brings a head of Borda's where its model has one", async () => {
    const weights = new Map([...ofQuery(), ["base_model.model.score.weight", tensor([1, 4], 5)]]);
    const { head } = mergeAdapter(bert, await read({ modules_to_save: ["score"] }, weights));
    expect(head.get("score.weight")).toEqual(tensor([1, 4], 5));
  });

  test.each([
    [{ use_dora: true }, "use_dora"],
    [{ bias: "all" }, "bias"],
    [{ lora_bias: true }, "lora_bias"],
    [{ peft_type: "IA3" }, "peft_type"],
    [{ init_lora_weights: "pissa" }, "init_lora_weights"],
    [{ layer_replication: [[0, 1]] }, "layer_replication"],
    [{ trainable_token_indices: [3] }, "trainable_token_indices"],
    [{ target_parameters: ["experts.weight"] }, "target_parameters"],
    [{ target_modules: "(?i)query" }, "target_modules"],
    [{ use_lora_of_next_year: true }, "use_lora_of_next_year"],
  ])("with %j is refused", async (change, field) => {
    await expect(read(change)).rejects.toMatchObject({ code: "UNSUPPORTED_CONFIG", field });
  });

  test("whose tensors fit no part of the model is refused by their names", async () => {
    const name = stored(`bert.${query}`, "A");
    const misshapen = read({}, new Map([...ofQuery(), [name, tensor([2, 5], 0)]]));
    await expect(misshapen).rejects.toMatchObject({ tensor: name });
    const alone = read({}, new Map([[name, tensor([2, 4], 0)]]));
    await expect(alone).rejects.toThrow(/no lora_B/);
    const unnamed = new Map([...ofQuery(), ["base_model.model.classifier.weight", tensor([1, 4], 5)]]);
    await expect(read({}, unnamed)).rejects.toThrow(/classifier.weight.*modules_to_save does not name it/);
    const elsewhere = matrices("bert.encoder.layer.9.attention.self.query", 2, 4, 4);
    await expect(read({}, elsewhere)).rejects.toThrow(/which the model does not have/);
  });
});
