import type { Pooling, Recipe } from "@borda/preferences";
import { type Backbone, type Classification, type Weights, type WeightTensor, withConfig } from "@borda/transformer";
import { HEAD_BIAS, HEAD_WEIGHT, type RewardBackbone } from "./model";
import { createRandom, type Random } from "./random";

/** Deviation of a new layer's weights where config.json says none: that of transformers. */
const INITIALIZER_RANGE = 0.02;

/**
 * The backbone with the head that transformers' own ...ForSequenceClassification has for the pooling (dense layer and
 * activation under the last layer, which tokens it reads), so that what trains is what others will load. Layers that
 * the checkpoint lacks are drawn as transformers draws them, from the recipe's seed. Where transformers has none for the
 * pooling, the backbone as it is.
 */
export function withOwnHead(
  backbone: Backbone,
  pooling: Pooling,
  { seed }: Pick<Recipe, "seed">,
): Backbone & RewardBackbone {
  const offered = backbone.classification;
  if (offered?.pooling !== pooling) return backbone;
  const configured = withConfig(backbone, { ...offered.config, ...paddingOf(backbone) });
  const ownHead = configured.classification!;
  const random = createRandom(seed);
  const range = Number(backbone.config.initializer_range ?? INITIALIZER_RANGE);
  const found = (name: string) => backbone.weights.get(name) ?? backbone.head.get(name);
  const names = innerNames(ownHead);
  const inner = names.map(
    (name) => [name, found(name) ?? drawnWeight(name, ownHead.shapes.get(name)!, random, range)] as const,
  );
  const weights = new Map([...backbone.weights, ...inner]);
  const drawn = names.filter((name) => !found(name));
  return { ...configured, ownHead, drawn, weights, head: foundHead(backbone, ownHead) };
}

/** Names of the head's weights under its last layer: they train wherever the head does, as with peft's modules_to_save. */
export function innerNames({ output, shapes }: Classification): string[] {
  return [...shapes.keys()].filter((name) => !name.startsWith(`${output}.`));
}

/** The tensors of transformers' own head by its names for them, out of all trained weights. */
export function ownHeadWeights({ output, shapes }: Classification, weights: Weights): Weights {
  const renamed: Record<string, string> = { [`${output}.weight`]: HEAD_WEIGHT, [`${output}.bias`]: HEAD_BIAS };
  return new Map([...shapes.keys()].map((name) => [name, weights.get(renamed[name] ?? name)!]));
}

/** Fields of config.json by which transformers finds the last token of a row in a batch. */
function paddingOf({ tokenizer, classification }: Backbone): Record<string, number> {
  const { padId, padToken } = tokenizer;
  return classification?.pooling === "last" && padToken !== undefined ? { pad_token_id: padId } : {};
}

/** The checkpoint's own last layer by Borda's names; nothing where a layer under it is missing. */
function foundHead({ head, weights }: Backbone, ownHead: Classification): Weights {
  const whole = [...ownHead.shapes.keys()].every((name) => head.has(name) || weights.has(name));
  if (!whole) return new Map();
  const bias = head.get(`${ownHead.output}.bias`);
  return new Map([[HEAD_WEIGHT, head.get(`${ownHead.output}.weight`)!], ...(bias ? [[HEAD_BIAS, bias] as const] : [])]);
}

/** Normal numbers for a matrix, ones for a norm, zeros for a bias. */
function drawnWeight(name: string, shape: readonly number[], random: Random, range: number): WeightTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = new Float32Array(length);
  if (shape.length > 1) for (let at = 0; at < length; at++) data[at] = range * normal(random);
  else if (name.endsWith(".weight")) data.fill(1);
  return { shape, data };
}

/** A standard normal number (Box & Muller 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
