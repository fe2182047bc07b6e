import { build, type Tensor } from "@borda/tensor";
import type { ForwardInputs } from "../backbone";
import type { ShapeList } from "../weight-shapes";
import type { ActivationName } from "./activation";
import { attention, type Sight, sightBias, splitHeads } from "./attention";
import { gatedFeedForward } from "./feed-forward";
import { embedding, linear, type ParameterOf } from "./linear";
import { type RmsNormLayout, rmsNorm } from "./norm";
import { type Rope, type Rotation, rotate, rotation, turningOf } from "./rotary";

/** Llama's design and what its descendants vary of it. */
export interface Decoder {
  readonly vocabulary: number;
  /** The padding token, whose embedding is not trained. */
  readonly padding?: number | null | undefined;
  readonly hidden: number;
  readonly intermediate: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values. */
  readonly groups: number;
  readonly headSize: number;
  readonly activation: ActivationName;
  readonly norm: RmsNormLayout;
  readonly rope: Rope;
  /** Which linear layers have a bias. */
  readonly bias: { readonly inward: boolean; readonly outward: boolean; readonly feedForward: boolean };
  /** What the layer of an index sees. */
  readonly sight: (layer: number) => Sight;
  /** Queries and keys are normed within each head (Qwen 3). */
  readonly headNorms?: boolean;
  /** Attention and feed-forward are normed behind, too, before they are added (Gemma 2). */
  readonly sandwich?: boolean;
  /** Of attention scores; 1 / sqrt(headSize) where left out. */
  readonly scale?: number;
  readonly softCap?: number | undefined;
  /** What token embeddings are multiplied by. */
  readonly embeddingScale?: number;
}

/** Lists all tensors of the model. */
export function decoderShapes(list: ShapeList, decoder: Decoder): void {
  const { hidden, heads, groups, headSize, intermediate, bias, headNorms, sandwich } = decoder;
  const plain = { bias: false };
  const inward = { bias: bias.inward };
  list.table("embed_tokens", decoder.vocabulary, hidden);
  for (let i = 0; i < decoder.layers; i++) {
    const layer = `layers.${i}`;
    list.matrix(`${layer}.self_attn.q_proj`, heads * headSize, hidden, inward);
    list.matrix(`${layer}.self_attn.k_proj`, groups * headSize, hidden, inward);
    list.matrix(`${layer}.self_attn.v_proj`, groups * headSize, hidden, inward);
    list.matrix(`${layer}.self_attn.o_proj`, hidden, heads * headSize, { bias: bias.outward });
    if (headNorms) for (const part of ["q_norm", "k_norm"]) list.norm(`${layer}.self_attn.${part}`, headSize, plain);
    list.matrix(`${layer}.mlp.gate_proj`, intermediate, hidden, { bias: bias.feedForward });
    list.matrix(`${layer}.mlp.up_proj`, intermediate, hidden, { bias: bias.feedForward });
    list.matrix(`${layer}.mlp.down_proj`, hidden, intermediate, { bias: bias.feedForward });
    for (const norm of sandwich ? sandwichNorms : norms) list.norm(`${layer}.${norm}`, hidden, plain);
  }
  list.norm("norm", hidden, plain);
}

const norms = ["input_layernorm", "post_attention_layernorm"] as const;
const sandwichNorms = [...norms, "pre_feedforward_layernorm", "post_feedforward_layernorm"] as const;

/** Hidden states [n, t, h], through the norm at the end. */
export function decoderStates(decoder: Decoder, { inputIds, attentionMask, parameter }: ForwardInputs): Tensor {
  const turn = rotation(inputIds.shape[1]!, turningOf(decoder.rope, decoder.headSize));
  const biasOf = biases(attentionMask);
  const { embeddingScale = 1 } = decoder;
  const tokens = embedding(inputIds, parameter, "embed_tokens", decoder.padding);
  let x = embeddingScale === 1 ? tokens : build.mul(tokens, embeddingScale);
  for (let i = 0; i < decoder.layers; i++) x = decoderLayer(x, i, decoder, parameter, turn, biasOf(decoder.sight(i)));
  return rmsNorm(x, parameter, "norm", decoder.norm);
}

/** The bias of each sight, made once: layers share it. */
export function biases(attentionMask: Tensor): (sight: Sight) => Tensor {
  const known = new Map<string, Tensor>();
  return (sight) => {
    const key = `${sight.causal}/${sight.reach}`;
    const bias = known.get(key) ?? sightBias(attentionMask, sight);
    known.set(key, bias);
    return bias;
  };
}

function decoderLayer(
  x: Tensor,
  index: number,
  decoder: Decoder,
  parameter: ParameterOf,
  turn: Rotation,
  bias: Tensor,
): Tensor {
  const layer = `layers.${index}`;
  const norm = (y: Tensor, name: string) => rmsNorm(y, parameter, `${layer}.${name}`, decoder.norm);
  const mlp = { gate: `${layer}.mlp.gate_proj`, up: `${layer}.mlp.up_proj`, down: `${layer}.mlp.down_proj` };
  const forward = (y: Tensor) =>
    gatedFeedForward(y, parameter, mlp, decoder.activation, { bias: decoder.bias.feedForward });
  const attended = selfAttention(norm(x, "input_layernorm"), layer, decoder, parameter, turn, bias);
  if (!decoder.sandwich) {
    const y = build.add(x, attended);
    return build.add(y, forward(norm(y, "post_attention_layernorm")));
  }
  const y = build.add(x, norm(attended, "post_attention_layernorm"));
  return build.add(y, norm(forward(norm(y, "pre_feedforward_layernorm")), "post_feedforward_layernorm"));
}

function selfAttention(
  x: Tensor,
  layer: string,
  decoder: Decoder,
  parameter: ParameterOf,
  turn: Rotation,
  bias: Tensor,
): Tensor {
  const { heads, groups, scale, softCap, headNorms } = decoder;
  const part = (name: string, count: number) =>
    splitHeads(linear(x, parameter, `${layer}.self_attn.${name}`, { bias: decoder.bias.inward }), count);
  const normed = (y: Tensor, name: string) =>
    headNorms ? rmsNorm(y, parameter, `${layer}.self_attn.${name}`, decoder.norm) : y;
  const query = rotate(normed(part("q_proj", heads), "q_norm"), turn);
  const key = rotate(normed(part("k_proj", groups), "k_norm"), turn);
  const mixed = attention(query, key, part("v_proj", groups), {
    bias,
    softCap,
    ...(scale !== undefined && { scale }),
  });
  return linear(mixed, parameter, `${layer}.self_attn.o_proj`, { bias: decoder.bias.outward });
}
