import type { Tensor } from "@borda/tensor";
import type { ForwardInputs } from "../backbone";
import type { ShapeList } from "../weight-shapes";
import { sightBias } from "./attention";
import { sumOfEmbeddings } from "./embeddings";
import { linear } from "./linear";
import { layerNorm } from "./norm";
import { positions as countedPositions } from "./position";
import { type PostNormNames, type PostNormSizes, plainAttention, postNormLayer, postNormShapes } from "./post-norm";

/** BERT's design and what its descendants vary of it. */
export interface PostNormEncoder extends PostNormSizes {
  readonly vocabulary: number;
  /** The padding token, whose embedding is not trained. */
  readonly padding: number | null;
  /** Of the embeddings: where it is not `hidden`, "embeddings_project" widens them (ELECTRA). */
  readonly width: number;
  /** Rows of the table of absolute positions. */
  readonly positions: number;
  /** Rows of the table of segments; 0 where there is none. */
  readonly segments: number;
  readonly layers: number;
  /** What the name of a layer begins with: "encoder.layer". */
  readonly layer: string;
  readonly names: PostNormNames;
}

/** Absolute positions int64 [n, t] of the tokens, and the row of their table that is not trained, where there is one. */
export type PositionsOf = (inputs: ForwardInputs) => { readonly positions: Tensor; readonly untrained?: number };

/** Lists all tensors of the model. */
export function postNormEncoderShapes(list: ShapeList, encoder: PostNormEncoder): void {
  const { width, hidden, segments } = encoder;
  list.table("embeddings.word_embeddings", encoder.vocabulary, width);
  list.table("embeddings.position_embeddings", encoder.positions, width);
  if (segments > 0) list.table("embeddings.token_type_embeddings", segments, width);
  list.norm("embeddings.LayerNorm", width);
  if (width !== hidden) list.matrix("embeddings_project", hidden, width);
  for (let i = 0; i < encoder.layers; i++) postNormShapes(list, `${encoder.layer}.${i}`, encoder.names, encoder);
}

/** Hidden states [n, t, h]. Positions are counted from 0 where left out. */
export function postNormStates(
  encoder: PostNormEncoder,
  inputs: ForwardInputs,
  positionsOf: PositionsOf = ({ attentionMask }) => ({ positions: countedPositions(attentionMask) }),
): Tensor {
  const { parameter, attentionMask } = inputs;
  const { padding, segments, width, hidden, names } = encoder;
  const sum = sumOfEmbeddings(inputs, { padding, segments: segments > 0, absolute: positionsOf(inputs) });
  const attention = plainAttention(encoder.heads, sightBias(attentionMask, { causal: false }));
  const embedded = layerNorm(sum, parameter, "embeddings.LayerNorm", encoder.epsilon);
  let x = width === hidden ? embedded : linear(embedded, parameter, "embeddings_project");
  for (let i = 0; i < encoder.layers; i++)
    x = postNormLayer(x, parameter, `${encoder.layer}.${i}`, names, encoder, attention);
  return x;
}
