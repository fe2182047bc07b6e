import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PreferenceGroup, Recipe } from "@borda/preferences";
import { loadBackbone, saveBackbone } from "@borda/transformer";
import { afterAll } from "vitest";
import { createRandom } from "../src/random";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is there until the file's tests have ended. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-reward-model-"));
  folders.push(folder);
  return folder;
}

/** A checkpoint of the starter's architecture, layers of 16, with random weights: it trains in milliseconds. */
export async function tinyBackbone(parent: string, { layers = 1 } = {}): Promise<string> {
  const folder = join(parent, "tiny");
  mkdirSync(folder);
  const starter = await loadBackbone("starter");
  const sizes = { embedding_size: 16, hidden_size: 16, intermediate_size: 32, num_attention_heads: 2 };
  const config = { ...starter.config, ...sizes, num_hidden_layers: layers };
  const small: Record<number, number> = { 256: 16, 512: 16, 1536: 32 };
  const random = createRandom(7);
  const deeper = [...starter.weights].filter(([name]) => name.startsWith("encoder.layer.1."));
  const more = Array.from({ length: layers - 1 }, (_, i) =>
    deeper.map(([name, tensor]) => [name.replace("layer.1.", `layer.${i + 1}.`), tensor] as const),
  );
  const weights = new Map(
    [...[...starter.weights].filter(([name]) => !name.startsWith("encoder.layer.1.")), ...more.flat()].map(
      ([name, tensor]) => {
        const shape = tensor.shape.map((size) => small[size] ?? size);
        const length = shape.reduce((product, size) => product * size, 1);
        const norm = name.endsWith("layer_norm.weight");
        return [name, { shape, data: Float32Array.from({ length }, () => (norm ? 1 : random() - 0.5) * 1) }] as const;
      },
    ),
  );
  await saveBackbone(folder, { ...starter, config, weights });
  return folder;
}

const GOOD = ["kind", "clear", "helpful", "careful", "friendly", "honest"];
const BAD = ["rude", "vague", "lazy", "wrong", "cruel", "angry"];

/** Prompts whose better completions hold kinder words: something that a model can learn. */
export function kindnessGroups(count: number, k = 4, seed = 1): PreferenceGroup[] {
  const random = createRandom(seed);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const completions = Array.from({ length: k }, (_, rank) => ({
      text: `Answer ${index}.${rank}: ${Array.from({ length: 3 }, (_, word) => pick(word + rank < k - 1 ? GOOD : BAD)).join(" ")}`,
    }));
    const tiers = completions.map((_, rank) => [rank]);
    return {
      key: `prompt ${index}`,
      prompt: `Question ${index}?`,
      completions,
      rankings: [{ labeler: "a", tiers, unacceptableFrom: null }],
    };
  });
}

export const tinyRecipe = (backbone: string, over: Partial<Recipe> = {}) =>
  Recipe.parse({ backbone, maxLength: 48, tokenBudget: 512, epochs: 2, learningRate: 1e-3, evaluations: 2, ...over });
