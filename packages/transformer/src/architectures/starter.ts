import { build, constant, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import type { ForwardInputs } from "../backbone";
import { checkpointFields, size } from "../config-fields";
import { attend, embedding, layerNorm, linear, meanOverTokens, type ParameterOf, paddingBias } from "../layers";

const Config = z
  .strictObject({
    ...checkpointFields,
    model_type: z.literal("borda-starter"),
    vocab_size: size,
    embedding_size: size.multipleOf(2),
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    intermediate_size: size,
    type_vocab_size: z.literal(2),
    max_position_embeddings: size,
    layer_norm_eps: z.number().positive(),
    hidden_act: z.literal("relu"),
    pad_token_id: z.number().int().nonnegative(),
  })
  .refine((c) => c.embedding_size % c.num_attention_heads === 0 && c.hidden_size % c.num_attention_heads === 0, {
    path: ["num_attention_heads"],
    message: "must divide embedding_size and hidden_size",
  });
type Config = z.infer<typeof Config>;

/**
 * The config of the Universal Sentence Encoder lite. It was trained on texts of up to 128 tokens and its graph drops
 * what follows; nothing in it is bound to that length (positions are a formula), and max_position_embeddings is only
 * where we stop: beyond 128 the weights extrapolate, and fine-tuning teaches them.
 */
export const starterConfig: Config = {
  model_type: "borda-starter",
  vocab_size: 8002,
  embedding_size: 256,
  hidden_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 1536,
  type_vocab_size: 2,
  max_position_embeddings: 1024,
  layer_norm_eps: 1e-6,
  hidden_act: "relu",
  pad_token_id: 3,
};

/** Width of what enters layer i: the first widens the embeddings to the hidden size. */
const widthOf = (config: Config, layer: number) => (layer === 0 ? config.embedding_size : config.hidden_size);

/**
 * The encoder of the Universal Sentence Encoder lite (Cer et al. 2018), read off its TensorFlow.js graph: pre-norm
 * layers with a residual stream that starts at the first layer's own linear shortcut from 256 to 512, and no norm at
 * the end. Embeddings enter twice: the original adds token + timing signal to token.
 *
 * Borda adds segment embeddings (0 prompt, 1 completion), zero at first, where they change nothing; and its hidden states
 * are the last layer's beside what entered the first, [n, t, 512 + 256], so that a head reads words as well as their
 * sense: on the harmless-base pairs, which are won by words, that is worth two points of accuracy.
 */
export const starter: Architecture<Config> = {
  modelType: "borda-starter",
  config: Config,
  hiddenSize: (config) => config.hidden_size + config.embedding_size,
  segments: () => true,
  maxLength: (config) => config.max_position_embeddings,

  weightShapes: (config) => {
    const { vocab_size, embedding_size, hidden_size, intermediate_size } = config;
    const shapes = new Map<string, readonly number[]>();
    const vector = (name: string, width: number) => shapes.set(`${name}.bias`, [width]);
    const matrix = (name: string, out: number, inward: number) =>
      vector(name, out).set(`${name}.weight`, [out, inward]);
    const norm = (name: string, width: number) => vector(name, width).set(`${name}.weight`, [width]);
    shapes.set("embeddings.word_embeddings.weight", [vocab_size, embedding_size]);
    shapes.set("embeddings.token_type_embeddings.weight", [config.type_vocab_size, embedding_size]);
    for (let i = 0; i < config.num_hidden_layers; i++) {
      const layer = `encoder.layer.${i}`;
      const width = widthOf(config, i);
      norm(`${layer}.attention.layer_norm`, width);
      for (const part of ["query", "key", "value"]) matrix(`${layer}.attention.${part}`, width, width);
      matrix(`${layer}.attention.output`, hidden_size, width);
      if (i === 0) matrix(`${layer}.shortcut`, hidden_size, width);
      norm(`${layer}.feed_forward.layer_norm`, hidden_size);
      matrix(`${layer}.feed_forward.intermediate`, intermediate_size, hidden_size);
      matrix(`${layer}.feed_forward.output`, hidden_size, intermediate_size);
    }
    matrix("pooler.dense", hidden_size, hidden_size);
    return shapes;
  },

  hidden: (config, inputs) => {
    const { parameter } = inputs;
    const bias = paddingBias(inputs.attentionMask);
    const entering = embed(config, inputs);
    let x = entering;
    for (let i = 0; i < config.num_hidden_layers; i++) {
      const layer = `encoder.layer.${i}`;
      const normed = layerNorm(x, parameter, `${layer}.attention.layer_norm`, config.layer_norm_eps);
      const [query, key, value] = ["query", "key", "value"].map((part) =>
        linear(normed, parameter, `${layer}.attention.${part}`),
      );
      const attended = attend(query!, key!, value!, config.num_attention_heads, bias);
      const residual = i === 0 ? linear(x, parameter, `${layer}.shortcut`) : x;
      x = build.add(residual, linear(attended, parameter, `${layer}.attention.output`));
      const inward = layerNorm(x, parameter, `${layer}.feed_forward.layer_norm`, config.layer_norm_eps);
      const wide = build.relu(linear(inward, parameter, `${layer}.feed_forward.intermediate`));
      x = build.add(x, linear(wide, parameter, `${layer}.feed_forward.output`));
    }
    return build.concat(x, entering, { axis: 2 });
  },
};

function embed(config: Config, { inputIds, segmentIds, parameter }: ForwardInputs): Tensor {
  const tokens = embedding(inputIds, parameter, "embeddings.word_embeddings");
  const segments = segmentIds
    ? embedding(segmentIds, parameter, "embeddings.token_type_embeddings")
    : build.slice(parameter("embeddings.token_type_embeddings.weight"), { axis: 0, start: 0, end: 1 });
  return build.add(build.add(build.mul(tokens, 2), timingSignal(inputIds.shape[1]!, config.embedding_size)), segments);
}

/**
 * Sines, then cosines, of each position at wavelengths from 2 pi to 20000 pi in geometric progression
 * (Vaswani et al. 2017, section 3.5, in tensor2tensor's layout): [t, width].
 */
function timingSignal(t: Tensor["shape"][number], width: number): Tensor {
  const positions = build.reshape(build.cast(build.range({ size: t }), { to: "float32" }), { shape: [t, 1] });
  const angles = build.mul(positions, constant(timingFrequencies(width), [1, width / 2]));
  return build.concat(build.sin(angles), build.cos(angles), { axis: 1 });
}

/** Radians a position, [width / 2]: from 1 down to 1/10000. The original stores these as a constant. */
export function timingFrequencies(width: number): Float32Array {
  const count = width / 2;
  return Float32Array.from({ length: count }, (_, i) => 10_000 ** (-i / (count - 1)));
}

/**
 * The original model's own output [n, 512], of hidden states [n, t, 768]: the mean of its last layer's through the dense
 * tanh layer, at unit length. Training uses the hidden states; this is what they are checked by.
 */
export function sentenceVector(hidden: Tensor, attentionMask: Tensor, parameter: ParameterOf): Tensor {
  const lastLayer = build.slice(hidden, { axis: 2, start: 0, end: starterConfig.hidden_size });
  const dense = build.tanh(linear(meanOverTokens(lastLayer, attentionMask), parameter, "pooler.dense"));
  const square = build.reduceSum(build.square(dense), { axes: [1], keepDims: true });
  return build.mul(dense, build.rsqrt(build.maximum(square, 1e-12)));
}
