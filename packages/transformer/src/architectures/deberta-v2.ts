import { addDims, build, type Dim, type Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Architecture } from "../architecture";
import type { ForwardInputs } from "../backbone";
import { withoutEffect } from "../config-effect";
import { dropouts, epsilon, languageModelHead, refuse, size } from "../config-fields";
import { bertEncoder, bertFields, checkHeads, checkPadding } from "../encoder-config";
import {
  Activation,
  activate,
  bertNames,
  disentangledAttention,
  firstTokenHead,
  layerNorm,
  linear,
  type ParameterOf,
  type PostNormNames,
  positions,
  postNormLayer,
  postNormShapes,
  type RelativePositions,
  type RelativeTables,
  relativeColumns,
  sightBias,
  splitHeads,
  sumOfEmbeddings,
} from "../layers";
import { shapesOf } from "../weight-shapes";

const Kind = z.enum(["c2p", "p2c"]);
/** "c2p|p2c", or the same as a list. */
const list = <T extends z.ZodType>(entry: T) =>
  z.preprocess(
    (value) => (typeof value === "string" ? value.split("|").map((part) => part.trim().toLowerCase()) : value),
    z.array(entry),
  );

/** A field of relative positions, which says nothing where there are none. */
const ofRelative = <const Fields extends Readonly<Record<string, z.ZodType>>>(fields: Fields) =>
  withoutEffect((config) => (config.relative_attention === true ? undefined : "relative_attention is off"), fields);

const Config = z
  .strictObject({
    ...bertFields,
    ...dropouts("pooler_dropout", "cls_dropout"),
    ...ofRelative({
      max_relative_positions: z.number().int().default(-1),
      position_buckets: z.number().int().default(-1),
      share_att_key: z.boolean().default(false),
      norm_rel_ebd: list(z.enum(["none", "layer_norm"])).default(["none"]),
    }),
    ...withoutEffect(({ conv_kernel_size }) => (conv_kernel_size ? undefined : "there is no convolution"), {
      conv_groups: z.literal(1).optional(),
      conv_act: Activation.default("tanh"),
    }),
    ...withoutEffect(languageModelHead, { legacy: z.boolean().optional() }),
    model_type: z.literal("deberta-v2"),
    vocab_size: size.default(128100),
    hidden_size: size.default(1536),
    num_hidden_layers: size.default(24),
    num_attention_heads: size.default(24),
    intermediate_size: size.default(6144),
    type_vocab_size: z.number().int().nonnegative().default(0),
    layer_norm_eps: epsilon.default(1e-7),
    relative_attention: z.boolean().default(false),
    position_biased_input: z.boolean().default(true),
    pos_att_type: list(Kind).nullish(),
    embedding_size: size.optional(),
    conv_kernel_size: z
      .number()
      .int()
      .nonnegative()
      .refine((width) => width === 0 || width % 2 === 1, "must be odd, so that each token has as many on either side")
      .default(0),
    pooler_hidden_size: size.optional(),
    pooler_hidden_act: Activation.default("gelu"),
  })
  .check(checkHeads, checkPadding, (payload) => {
    const { pooler_hidden_size, hidden_size } = payload.value;
    if ((pooler_hidden_size ?? hidden_size) !== hidden_size)
      refuse(payload, ["pooler_hidden_size"], "must be hidden_size, which the pooler reads");
  });
type Config = z.infer<typeof Config>;

const names: PostNormNames = {
  ...bertNames,
  query: "attention.self.query_proj",
  key: "attention.self.key_proj",
  value: "attention.self.value_proj",
};

const positionsOf = (config: Config): RelativePositions => {
  const { max_relative_positions, max_position_embeddings, position_buckets } = config;
  const maxPosition = max_relative_positions < 1 ? max_position_embeddings : max_relative_positions;
  const span = position_buckets > 0 ? position_buckets : maxPosition;
  return { span, buckets: Math.max(position_buckets, 0), maxPosition, maxLength: max_position_embeddings };
};
const asks = ({ pos_att_type }: Config, kind: "c2p" | "p2c") => pos_att_type?.includes(kind) ?? false;
const ownTables = (config: Config) => config.relative_attention && !config.share_att_key;

/** DeBERTa v2 and v3 (He et al. 2021, 2023): attention to contents and relative positions apart. */
export const debertaV2: Architecture<Config> = {
  modelType: "deberta-v2",
  config: Config,
  hiddenSize: (config) => config.hidden_size,
  maxLength: (config) => config.max_position_embeddings,
  segments: (config) => config.type_vocab_size > 1,

  weightShapes: (config) =>
    shapesOf((shapes) => {
      const { hidden_size, embedding_size = hidden_size, conv_kernel_size } = config;
      shapes.table("embeddings.word_embeddings", config.vocab_size, embedding_size);
      if (config.position_biased_input)
        shapes.table("embeddings.position_embeddings", config.max_position_embeddings, embedding_size);
      if (config.type_vocab_size > 0)
        shapes.table("embeddings.token_type_embeddings", config.type_vocab_size, embedding_size);
      if (embedding_size !== hidden_size)
        shapes.matrix("embeddings.embed_proj", hidden_size, embedding_size, { bias: false });
      shapes.norm("embeddings.LayerNorm", hidden_size);
      for (let i = 0; i < config.num_hidden_layers; i++) {
        const layer = `encoder.layer.${i}`;
        postNormShapes(shapes, layer, names, bertEncoder(config));
        if (!ownTables(config)) continue;
        if (asks(config, "c2p")) shapes.matrix(`${layer}.attention.self.pos_key_proj`, hidden_size, hidden_size);
        if (asks(config, "p2c")) shapes.matrix(`${layer}.attention.self.pos_query_proj`, hidden_size, hidden_size);
      }
      if (config.relative_attention) shapes.table("encoder.rel_embeddings", 2 * positionsOf(config).span, hidden_size);
      if (config.norm_rel_ebd.includes("layer_norm")) shapes.norm("encoder.LayerNorm", hidden_size);
      if (conv_kernel_size > 0) {
        shapes.add("encoder.conv.conv.weight", [hidden_size, hidden_size, conv_kernel_size]);
        shapes.add("encoder.conv.conv.bias", [hidden_size]);
        shapes.norm("encoder.conv.LayerNorm", hidden_size);
      }
    }),

  hidden: (config, inputs) => {
    const { parameter, attentionMask } = inputs;
    const factor = 1 + Number(asks(config, "c2p")) + Number(asks(config, "p2c"));
    const bias = sightBias(attentionMask, { causal: false });
    const tablesOf = relativeTables(config, inputs);
    const embedded = embed(config, inputs);
    let x = embedded;
    for (let i = 0; i < config.num_hidden_layers; i++) {
      const layer = `encoder.layer.${i}`;
      const tables = tablesOf(layer);
      x = postNormLayer(x, parameter, layer, names, bertEncoder(config), (query, key, value) =>
        disentangledAttention(query, key, value, config.num_attention_heads, { factor, tables, bias }),
      );
      if (i === 0 && config.conv_kernel_size > 0) x = convolved(embedded, x, config, inputs);
    }
    return x;
  },

  others: {
    prefix: "deberta.",
    classification: firstTokenHead(
      "DebertaV2ForSequenceClassification",
      { dense: "pooler.dense", label: "classifier" },
      (config) => ({
        hidden: config.hidden_size,
        activation: config.pooler_hidden_act,
      }),
    ),
    otherHeads: [
      "cls.",
      "lm_head.",
      "lm_predictions.",
      "mask_predictions.",
      "classifier.",
      "pooler.",
      "qa_outputs.",
      "embeddings.position_embeddings.", // of checkpoints with position_biased_input false
    ],
  },
};

function embed(config: Config, inputs: ForwardInputs): Tensor {
  const { parameter, attentionMask } = inputs;
  const { hidden_size, embedding_size = hidden_size, position_biased_input, type_vocab_size } = config;
  const sum = sumOfEmbeddings(inputs, {
    padding: config.pad_token_id,
    absolute: position_biased_input ? { positions: positions(attentionMask) } : undefined,
    segments: type_vocab_size > 0,
  });
  const wide = embedding_size === hidden_size ? sum : linear(sum, parameter, "embeddings.embed_proj", { bias: false });
  return layerNorm(wide, parameter, "embeddings.LayerNorm", config.layer_norm_eps);
}

/** The tables of each layer, or nothing where positions are absolute alone. */
function relativeTables(
  config: Config,
  { inputIds, parameter }: ForwardInputs,
): (layer: string) => RelativeTables | undefined {
  if (!config.relative_attention) return () => undefined;
  const columns = relativeColumns(inputIds.shape[1]!, positionsOf(config));
  const table = parameter("encoder.rel_embeddings.weight");
  const normed = config.norm_rel_ebd.includes("layer_norm")
    ? layerNorm(table, parameter, "encoder.LayerNorm", config.layer_norm_eps)
    : table;
  const rows = build.reshape(normed, { shape: [1, ...table.shape] });
  const [keyName, queryName] = ownTables(config) ? ["pos_key_proj", "pos_query_proj"] : ["key_proj", "query_proj"];
  return (layer) => {
    const made = (name: string) =>
      splitHeads(linear(rows, parameter, `${layer}.attention.self.${name}`), config.num_attention_heads);
    return {
      keys: asks(config, "c2p") ? made(keyName!) : undefined,
      queries: asks(config, "p2c") ? made(queryName!) : undefined,
      columns,
    };
  };
}

/** What DeBERTa v2's largest models add to the first layer: norm(x + activation(convolution of the embeddings over tokens)). */
function convolved(embedded: Tensor, x: Tensor, config: Config, { attentionMask, parameter }: ForwardInputs): Tensor {
  const [n, t] = attentionMask.shape as [Dim, Dim];
  const real = build.reshape(build.cast(attentionMask, { to: "float32" }), { shape: [n, t, 1] });
  const mixed = convolution(build.mul(embedded, real), parameter, "encoder.conv.conv", config.conv_kernel_size);
  const added = build.add(x, activate(config.conv_act, build.mul(mixed, real)));
  return build.mul(layerNorm(added, parameter, "encoder.conv.LayerNorm", config.layer_norm_eps), real);
}

/** Convolution over tokens with zeros around the row: x [n, t, in], NAME.weight [out, in, width] -> [n, t, out]. */
function convolution(x: Tensor, parameter: ParameterOf, name: string, width: number): Tensor {
  const [, t] = x.shape as [Dim, Dim];
  const [weight, bias] = [parameter(`${name}.weight`), parameter(`${name}.bias`)];
  const [out, inward] = weight.shape as [number, number];
  const side = (width - 1) / 2;
  const padded = build.pad(x, { axis: 1, before: side, after: side });
  const taps = Array.from({ length: width }, (_, tap) => {
    const matrix = build.reshape(build.slice(weight, { axis: 2, start: tap, end: tap + 1 }), { shape: [out, inward] });
    const moved = build.slice(padded, { axis: 1, start: tap, end: addDims(t, tap) });
    return build.matmul(moved, matrix, { transposeY: true });
  });
  return build.add(
    taps.reduce((sum, tap) => build.add(sum, tap)),
    bias,
  );
}
