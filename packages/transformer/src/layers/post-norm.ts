import { build, type Tensor } from "@borda/tensor";
import type { ShapeList } from "../weight-shapes";
import type { ActivationName } from "./activation";
import { attend } from "./attention";
import { feedForward } from "./feed-forward";
import { linear, type ParameterOf } from "./linear";
import { layerNorm } from "./norm";

/** What the parts of one layer are called, after the name of the layer. */
export interface PostNormNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly attentionOutput: string;
  readonly attentionNorm: string;
  readonly inward: string;
  readonly outward: string;
  readonly outputNorm: string;
}

/** BERT's names, which its descendants kept. */
export const bertNames: PostNormNames = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  inward: "intermediate.dense",
  outward: "output.dense",
  outputNorm: "output.LayerNorm",
};

export interface PostNormSizes {
  readonly hidden: number;
  readonly heads: number;
  readonly intermediate: number;
  readonly activation: ActivationName;
  readonly epsilon: number;
}

/** Lists the tensors of one layer. */
export function postNormShapes(
  list: ShapeList,
  layer: string,
  names: PostNormNames,
  { hidden, intermediate }: PostNormSizes,
): void {
  for (const part of [names.query, names.key, names.value, names.attentionOutput])
    list.matrix(`${layer}.${part}`, hidden, hidden);
  list.norm(`${layer}.${names.attentionNorm}`, hidden);
  list.matrix(`${layer}.${names.inward}`, intermediate, hidden);
  list.matrix(`${layer}.${names.outward}`, hidden, intermediate);
  list.norm(`${layer}.${names.outputNorm}`, hidden);
}

/** Attention of query, key and value [n, t, heads * d], still whole -> [n, t, heads * d]. */
export type WholeAttention = (query: Tensor, key: Tensor, value: Tensor) => Tensor;

/** Every query sees what `bias` lets it see; see sightBias. */
export function plainAttention(heads: number, bias: Tensor): WholeAttention {
  return (query, key, value) => attend(query, key, value, heads, bias);
}

/**
 * One layer of the first transformers (Vaswani et al. 2017, section 3.1), with a norm after each sum:
 * y = norm(x + attention(x)), then norm(y + feedForward(y)). [n, t, h] -> [n, t, h]
 */
export function postNormLayer(
  x: Tensor,
  parameter: ParameterOf,
  layer: string,
  names: PostNormNames,
  { activation, epsilon }: PostNormSizes,
  attention: WholeAttention,
): Tensor {
  const projected = (part: string) => linear(x, parameter, `${layer}.${part}`);
  const attended = attention(projected(names.query), projected(names.key), projected(names.value));
  const mixed = linear(attended, parameter, `${layer}.${names.attentionOutput}`);
  const y = layerNorm(build.add(mixed, x), parameter, `${layer}.${names.attentionNorm}`, epsilon);
  const parts = { inward: `${layer}.${names.inward}`, outward: `${layer}.${names.outward}` };
  const wide = feedForward(y, parameter, parts, activation);
  return layerNorm(build.add(wide, y), parameter, `${layer}.${names.outputNorm}`, epsilon);
}
