import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WeightTensor } from "../backbone";
import { saveBackbone } from "../checkpoint";
import { loadBackbone } from "../load-backbone";
import { architectureOf } from "../registry";
import type { HubFiles } from "./hub-server";

/** BERT in small: 2 layers of 32, rows of up to 128 tokens. */
const smallBert = {
  model_type: "bert",
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 64,
  max_position_embeddings: 128,
  type_vocab_size: 2,
};

/**
 * The files of a pretrained model that trains in seconds: BERT in small with random weights, the same for the same seed,
 * and the starter's tokenizer.
 */
export async function tinyModel(seed = 1): Promise<HubFiles> {
  const { tokenizer } = await loadBackbone("starter");
  const config = { ...smallBert, vocab_size: tokenizer.vocabularySize };
  const architecture = architectureOf(config, "the tiny model");
  const random = uniform(seed);
  const weights = new Map(
    [...architecture.weightShapes].map(([name, shape]): [string, WeightTensor] => {
      const length = shape.reduce((product, size) => product * size, 1);
      const norm = /LayerNorm\.weight$/.test(name);
      return [name, { shape, data: Float32Array.from({ length }, () => (norm ? 1 : 0.4 * (random() - 0.5))) }];
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), "borda-tiny-"));
  try {
    await saveBackbone(folder, architecture.backbone({ weights, head: new Map(), tokenizer }));
    const names = await readdir(folder);
    return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Numbers in [0, 1), a linear congruential generator (Press et al. 2007, table 7.1.6). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
