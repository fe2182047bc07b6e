import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { architectureOf, type WeightTensor, writeSafetensors } from "@borda/transformer";

/** Words and marks that kindnessGroups writes. */
const words =
  "[PAD] [UNK] [CLS] [SEP] question answer ? . : kind clear helpful careful friendly honest rude vague lazy wrong cruel angry".split(
    " ",
  );
/** Of a model that trains in milliseconds. */
export const sizes = { vocab_size: words.length, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 };

/** A whole-word tokenizer with BERT's special tokens. */
const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: null,
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, i) => [word, i])),
  },
};

/** A checkpoint's folder of a small config with weights of either sign. */
export async function smallCheckpoint(parent: string, config: Record<string, unknown>): Promise<string> {
  const folder = join(parent, "small");
  mkdirSync(folder);
  const { weightShapes, prefix } = architectureOf(config, "the test's config");
  let wave = 0;
  const weights = [...weightShapes].map(([name, shape]): [string, WeightTensor] => {
    const length = shape.reduce((product, n) => product * n, 1);
    const center = /norm.*weight$/i.test(name) ? 1 : 0;
    return [
      prefix + name,
      { shape, data: Float32Array.from({ length }, () => center + 0.3 * Math.sin((++wave) ** 2)) },
    ];
  });
  await writeSafetensors(join(folder, "model.safetensors"), new Map(weights));
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ pad_token: "[PAD]", bos_token: "[CLS]" }));
  return folder;
}
