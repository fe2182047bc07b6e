import { type AttributesOf, build, parameter, rewrite, type Tensor, topologicalOrder } from "@borda/tensor";
import { type Adapter, type Backbone, parseHubSpec, type Weights } from "@borda/transformer";
import { dropout } from "./dropout";
import { RewardModelError } from "./errors";
import type { RewardGraph } from "./model";
import { createRandom } from "./random";

/** A linear layer of the backbone that an adapter changes. */
export interface AdaptedLayer {
  /** "encoder.layer.0.attention.self.query" */
  readonly module: string;
  readonly inward: number;
  readonly outward: number;
  /** The layer's weight is [in, out], as GPT-2 keeps it. */
  readonly transposed: boolean;
}

export interface LowRankOptions {
  readonly rank: number;
  /** What the layers' changes are multiplied by is alpha / rank. */
  readonly alpha: number;
  /** Of what enters an adapter. */
  readonly dropout: number;
}

/** What the names of an adapter's tensors begin with. */
const ADAPTED = "base_model.model.";

/** What peft adapts of these architectures unless it is told otherwise; of others, every linear layer. */
const usualTargets: Readonly<Record<string, readonly string[]>> = {
  "borda-starter": ["query", "value"],
  bert: ["query", "value"],
  roberta: ["query", "value"],
  electra: ["query", "value"],
  distilbert: ["q_lin", "v_lin"],
  "deberta-v2": ["query_proj", "value_proj"],
  modernbert: ["Wqkv"],
  gpt_neox: ["query_key_value"],
  gpt2: ["c_attn"],
  llama: ["q_proj", "v_proj"],
  mistral: ["q_proj", "v_proj"],
  qwen2: ["q_proj", "v_proj"],
  qwen3: ["q_proj", "v_proj"],
  gemma2: ["q_proj", "v_proj"],
};

/**
 * The layers that a recipe's loraTargets names: "usual" for the architecture's, "all-linear", or the ends of names with
 * commas between; never those whose weights are among `whole`, which train themselves. Throws RewardModelError naming the
 * field where one matches nothing.
 */
export function layersToAdapt(
  backbone: Backbone,
  graph: RewardGraph,
  targets: string,
  whole: ReadonlySet<string> = new Set(),
): AdaptedLayer[] {
  const layers = linearLayers(graph, backbone.weights).filter(({ module }) => !whole.has(`${module}.weight`));
  const usual = usualTargets[backbone.modelType];
  const named = targets.split(",").map((name) => name.trim());
  if (named.join() === "all-linear" || (named.join() === "usual" && !usual)) return layers;
  const wanted = named.join() === "usual" ? usual! : named;
  const matches = ({ module }: AdaptedLayer, name: string) => module === name || module.endsWith(`.${name}`);
  const idle = wanted.find((name) => !layers.some((layer) => matches(layer, name)));
  if (idle !== undefined)
    throw new RewardModelError(
      "BAD_RECIPE",
      `loraTargets names "${idle}", which is no linear layer of the backbone; it has ${endings(layers).join(", ")}.`,
    );
  return layers.filter((layer) => wanted.some((name) => matches(layer, name)));
}

/** Every layer of the backbone that multiplies by a weight of its own, in the order of the graph. */
function linearLayers({ features }: RewardGraph, weights: Weights): AdaptedLayer[] {
  const layers = new Map<string, AdaptedLayer>();
  for (const tensor of topologicalOrder([features])) {
    const found = linearOf(tensor);
    if (found && weights.has(`${found.module}.weight`)) layers.set(found.module, found);
  }
  return [...layers.values()];
}

/** The linear layer that a tensor is the result of, before its reshape to the rows' own shape. */
function linearOf({ op, inputs, attributes }: Tensor): AdaptedLayer | undefined {
  if (op !== "linear" && op !== "matmul") return undefined;
  const weight = inputs[1]!;
  if (weight.op !== "parameter" || !weight.name!.endsWith(".weight")) return undefined;
  const [rows, columns] = weight.shape as [number, number];
  const outFirst =
    op === "linear"
      ? (attributes as AttributesOf<"linear">).outFirst
      : (attributes as AttributesOf<"matmul">).transposeY;
  const [outward, inward] = outFirst ? [rows, columns] : [columns, rows];
  return { module: weight.name!.slice(0, -".weight".length), inward, outward, transposed: !outFirst };
}

/**
 * The graph with an adapter beside each of the layers (Hu et al. 2022, section 4.1): y becomes y + alpha / rank * (x A^T) B^T.
 * The two thin products stand beside the layer's own, so that the backward pass makes no gradient of the frozen weight.
 */
export function adapted(graph: RewardGraph, layers: readonly AdaptedLayer[], options: LowRankOptions): RewardGraph {
  const modules = new Set(layers.map(({ module }) => module));
  const outputs = [graph.hidden, graph.features, graph.rewards];
  const [hidden, features, rewards] = rewrite(outputs, (tensor, inputs) => {
    const layer = linearOf(tensor);
    if (!layer || !modules.has(layer.module)) return undefined;
    const [x, ...rest] = inputs as [Tensor, Tensor, ...Tensor[]];
    const own =
      tensor.op === "linear"
        ? build.linear(x, rest[0], rest[1]!, { outFirst: !layer.transposed })
        : build.matmul(x, rest[0], { transposeY: !layer.transposed });
    return build.add(own, build.mul(throughAdapter(x, layer, options), options.alpha / options.rank));
  });
  return { ...graph, hidden: hidden!, features: features!, rewards: rewards! };
}

function throughAdapter(
  x: Tensor,
  { module, inward, outward }: AdaptedLayer,
  { rank, dropout: rate }: LowRankOptions,
): Tensor {
  const a = parameter(matrixName(module, "A"), [rank, inward]);
  const b = parameter(matrixName(module, "B"), [outward, rank]);
  return build.matmul(build.matmul(dropout(x, rate, module), a, { transposeY: true }), b, { transposeY: true });
}

/** The matrices at the start, as peft draws them: A uniform within 1 / sqrt(in), B zero, so that nothing is changed yet. */
export function newMatrices(layers: readonly AdaptedLayer[], rank: number, seed: number): Weights {
  const random = createRandom(seed ^ 0x10ad);
  return new Map(
    layers.flatMap(({ module, inward, outward }) => {
      const bound = 1 / Math.sqrt(inward);
      const a = Float32Array.from({ length: rank * inward }, () => (2 * random() - 1) * bound);
      return [
        [matrixName(module, "A"), { shape: [rank, inward], data: a }] as const,
        [matrixName(module, "B"), { shape: [outward, rank], data: new Float32Array(outward * rank) }] as const,
      ];
    }),
  );
}

/** transformers' own head, trained whole beside the matrices. */
export interface TrainedHead {
  /** By transformers' names for them. */
  readonly weights: Weights;
  /** See classifierNames. */
  readonly nameInFile: (name: string) => string;
}

/**
 * What trained as peft stores and Borda merges it: the layers' matrices out of `trained`, for the base model alone; or for
 * transformers' ...ForSequenceClassification, with its head among modules_to_save.
 */
export function adapterOf(
  layers: readonly AdaptedLayer[],
  trained: Weights,
  { rank, alpha, dropout: rate, base, head }: LowRankOptions & { readonly base: string; readonly head?: TrainedHead },
): Adapter {
  const scale = alpha / rank;
  const { nameInFile = (name: string) => name, weights: whole = new Map() } = head ?? {};
  const stored = ({ module }: AdaptedLayer, matrix: "A" | "B") =>
    matrixName(nameInFile(`${module}.weight`).slice(0, -".weight".length), matrix);
  const matrices = layers.flatMap((layer) =>
    (["A", "B"] as const).map(
      (matrix) => [stored(layer, matrix), trained.get(matrixName(layer.module, matrix))!] as const,
    ),
  );
  const saved = new Map([...whole.keys()].map((name) => [name, `${ADAPTED}${nameInFile(name)}`] as const));
  const hub = parseHubSpec(base);
  return {
    config: {
      peft_type: "LORA",
      task_type: head ? "SEQ_CLS" : "FEATURE_EXTRACTION",
      base_model_name_or_path: hub?.repository ?? base,
      ...(hub && { revision: hub.revision }),
      r: rank,
      lora_alpha: alpha,
      lora_dropout: rate,
      target_modules: layers.map(({ module }) => module),
      ...(head && { modules_to_save: [...new Set([...whole.keys()].map((name) => name.split(".")[0]!))] }),
      fan_in_fan_out: layers.some(({ transposed }) => transposed),
      bias: "none",
      inference_mode: true,
    },
    weights: new Map([...matrices, ...[...saved].map(([name, inFile]) => [inFile, whole.get(name)!] as const)]),
    parts: layers.map((layer) => {
      const { module, transposed } = layer;
      return { module, a: stored(layer, "A"), b: stored(layer, "B"), scale, transposed };
    }),
    ...(head && { saved }),
  };
}

/** The name that peft gives a matrix in adapter_model.safetensors. */
function matrixName(module: string, matrix: "A" | "B"): string {
  return `${ADAPTED}${module}.lora_${matrix}.weight`;
}

/** The last parts of the modules' names, each once. */
function endings(layers: readonly AdaptedLayer[]): string[] {
  return [...new Set(layers.map(({ module }) => module.split(".").at(-1)!))];
}
