import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readModel, type WeightTensor } from "../src";
import { configText, readConfigFile } from "../src/config-file";
import { createTokenizer } from "../src/hugging-face-tokenizer";
import { architectureOf } from "../src/registry";
import { writeWeights } from "../src/write-weights";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "borda-saving-"));
  return () => rm(folder, { recursive: true });
});
const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));

describe("a config is written as it was read", () => {
  test("with the points of its whole numbers, and none that it had not", async () => {
    const text = `{
  "model_type": "gemma2",
  "final_logit_softcapping": 30.0,
  "note": "30.0 \\" 1e3",
  "rope_parameters": {
    "rope_theta": 10000.0,
    "long_factor": [
      1.0,
      2.5
    ]
  },
  "eps": 1e-05,
  "hidden_size": 32,
  "scale": null
}
`;
    await writeFile(join(folder, "config.json"), text);
    const { config, floatFields } = await readConfigFile(folder);
    expect(config).toEqual(JSON.parse(text));
    expect(configText(config, floatFields)).toBe(text.replace("1e-05", "0.00001"));
    expect(configText({ ...config, num_labels: 1 }, floatFields)).toContain('"num_labels": 1\n');
  });
});

describe("weights that are too many for one file", () => {
  const config = {
    model_type: "bert",
    vocab_size: 11,
    hidden_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    intermediate_size: 6,
    max_position_embeddings: 8,
  };

  test("go to shards by transformers' names, and come back whole", async () => {
    const { weightShapes } = architectureOf(config, "the test's config");
    const tensors = new Map<string, WeightTensor>(
      [...weightShapes].map(([name, shape], seed) => {
        const length = shape.reduce((product, size) => product * size, 1);
        return [`bert.${name}`, { shape, data: Float32Array.from({ length }, (_, i) => Math.sin(seed + i)) }] as const;
      }),
    );
    const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    await writeWeights(folder, tensors, bytes);
    expect(await readdir(folder)).toEqual(["config.json", "model.safetensors"]);
    await rm(join(folder, "model.safetensors"));

    await writeWeights(folder, tensors, Math.ceil(bytes / 2));
    const files = (await readdir(folder)).filter((name) => name !== "config.json").sort();
    const count = files.length - 1;
    expect(count).toBeGreaterThan(1);
    expect(files).toEqual([
      ...Array.from({ length: count }, (_, i) => `model-0000${i + 1}-of-0000${count}.safetensors`),
      "model.safetensors.index.json",
    ]);
    const { metadata, weight_map } = await json("model.safetensors.index.json");
    expect(metadata).toEqual({ total_parameters: bytes / 4, total_size: bytes });
    expect(Object.keys(weight_map)).toEqual([...tensors.keys()].sort());
    const { weights } = await readModel(folder);
    for (const [name, { data }] of weights) expect(data).toEqual(tensors.get(`bert.${name}`)!.data);
  });
});

describe("a saved tokenizer", () => {
  const definition = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Whitespace" },
    post_processor: null,
    decoder: null,
    model: { type: "WordPiece", unk_token: "a", max_input_chars_per_word: 9, vocab: { a: 0, b: 1, end: 2, fill: 3 } },
  };

  test.each([
    ["its own token", { pad_token: "fill", eos_token: "end" }, 1, "fill"],
    ["the token that the model pads with", { eos_token: "end" }, 1, "b"],
    ["the token that ends a text", { eos_token: "end" }, undefined, "end"],
    ["no token where it has none", {}, undefined, undefined],
  ])("pads with %s, on the right", async (_, config, padId, expected) => {
    const tokenizer = createTokenizer({ definition, config }, "tokenizer.json", "continuation", padId);
    expect(tokenizer.padToken).toBe(expected);
    await tokenizer.save(folder);
    const saved = await json("tokenizer_config.json");
    expect([saved.pad_token, saved.padding_side]).toEqual([expected, "right"]);
  });
});
