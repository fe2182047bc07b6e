import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Pooling } from "@borda/preferences";
import type { Runtime } from "@borda/tensor";
import {
  loadedName,
  type Model,
  mergeAdapter,
  readAdapter,
  readCheckpoint,
  readModel,
  type Tokenizer,
  withAdapter,
} from "@borda/transformer";
import { RewardModelError } from "../errors";
import { HEAD_BIAS, HEAD_WEIGHT } from "../model";
import { type Figure, figure } from "./figure";
import {
  AdapterFigures,
  EncoderFigures,
  figuresOf,
  isReference,
  ModelFigures,
  openReference,
  type Reference,
  tensorsAfter,
} from "./reference";
import { computeLogits, computeOutcome, computeUpdate, type Outcome, readSubject, type Subject } from "./subject";

export interface ParityReport {
  readonly folder: string;
  readonly modelType: string;
  readonly figures: readonly Figure[];
  readonly passed: boolean;
}

export interface ParityOptions {
  /** The folder of the checkpoint that a reference was computed with, where it brings none. */
  readonly weights?: string;
  /** What runs the graphs, and where; onnxruntime on the processor where left out. */
  readonly runtime?: Runtime;
}

/** What of a gradient is small enough that AdamW's first step, which divides by it, tells nothing of the engine. */
const UPDATE_FLOOR = 1e-6;

/** The reference folders at or right below a folder, adapters' among them, in the order of their names. */
export async function findReferences(folder: string): Promise<string[]> {
  const below = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
  const nested = isReference(folder) ? below.filter(isReference) : [];
  if (isReference(folder)) return [folder, ...nested];
  const found = await Promise.all(below.filter(isReference).map(findReferences));
  if (found.length === 0)
    throw new RewardModelError("BAD_REFERENCE", `${folder} is no reference, and none lies in it: name one.`);
  return found.flat();
}

/**
 * Runs the batch of a reference folder through the engine and compares: hidden states, rewards, loss, every gradient, the
 * update by AdamW, and the logits of transformers' own head; of an adapter (adapter_config.json) its matrices' gradients
 * and the merged model; of a sentence encoder its vectors and norms of gradients, with the checkpoint in the folder
 * `weights` where the reference has none beside it. Throws RewardModelError: BAD_REFERENCE, NEEDS_WEIGHTS.
 */
export async function parity(folder: string, options: ParityOptions = {}): Promise<ParityReport> {
  const reference = await openReference(folder);
  try {
    const [model, figures] = await compare(reference, options);
    return { folder, modelType: model.modelType, figures, passed: figures.every(({ passed }) => passed) };
  } finally {
    await reference.tensors.close();
  }
}

async function compare(reference: Reference, options: ParityOptions): Promise<[Model, Figure[]]> {
  const { folder } = reference;
  const { runtime = {} } = options;
  if (existsSync(join(folder, "adapter_config.json"))) return compareAdapter(reference, runtime);
  if (EncoderFigures.safeParse(reference.json).success) return compareEncoder(reference, options);
  const model = await readModel(folder);
  const expected = figuresOf(reference, ModelFigures);
  const subject = await readSubject(model, reference, expected, runtime);
  const figures: Figure[] = [];
  for (const [pooling, { loss, grad_norm }] of Object.entries(expected.pooled) as [Pooling, ModelPooled][]) {
    const outcome = await computeOutcome(subject, pooling);
    if (figures.length === 0) figures.push(await hiddenFigure(subject, reference, outcome));
    const rewards = await reference.tensors.read(`${pooling}.rewards`);
    figures.push(figure(`${pooling} rewards`, [{ actual: outcome.rewards, expected: rewards.data }], "absolute"));
    figures.push(figure(`${pooling} loss`, [{ actual: [outcome.loss], expected: [loss] }], "absolute"));
    figures.push(await gradientFigure(pooling, outcome, reference));
    figures.push(...(await updateFigures(subject, pooling, expected.adamw, grad_norm, reference)));
  }
  return [model, [...figures, ...(await logitsFigures(subject, reference))]];
}

/** Nothing where the reference has no logits of transformers' own head. */
async function logitsFigures(subject: Subject, { tensors }: Reference): Promise<Figure[]> {
  if (!tensors.entries.has("sequence_classification_logits")) return [];
  const { data: expected } = await tensors.read("sequence_classification_logits");
  const actual = (await computeLogits(subject)) ?? [];
  return [figure("sequence classification logits", [{ actual, expected }], "absolute")];
}

type ModelPooled = NonNullable<ModelFigures["pooled"]["mean"]>;

/** Hidden states of tokens; those of padding have no meaning. */
async function hiddenFigure({ rows, model }: Subject, { tensors }: Reference, { hidden }: Outcome): Promise<Figure> {
  const { data: expected } = await tensors.read("hidden");
  const counts = (index: number) => rows.attentionMask[Math.floor(index / model.hiddenSize)] === 1n;
  return figure("hidden states", [{ actual: hidden, expected, counts }], "absolute");
}

/** Every gradient of the reference by its name there; one that the engine lacks is infinitely far off. */
async function gradientFigure(pooling: string, { gradients }: Outcome, reference: Reference): Promise<Figure> {
  const expected = await tensorsAfter(reference, `${pooling}.grad.`);
  const comparisons = [...expected].map(([name, { data }]) => ({
    tensor: name,
    actual: gradients.get(ownName(name)) ?? [],
    expected: data,
  }));
  return figure(`${pooling} gradients`, comparisons, "relative");
}

/** Nothing where the reference has no update by that pooling. */
async function updateFigures(
  subject: Subject,
  pooling: Pooling,
  settings: ModelFigures["adamw"],
  norm: number | undefined,
  reference: Reference,
): Promise<Figure[]> {
  const expected = await tensorsAfter(reference, `${pooling}.step.`);
  if (expected.size === 0) return [];
  const { weights, gradientNorm } = await computeUpdate(subject, pooling, settings);
  const gradients = await tensorsAfter(reference, `${pooling}.grad.`);
  const comparisons = [...expected].map(([name, { data }]) => ({
    tensor: name,
    actual: weights.get(ownName(name)) ?? [],
    expected: data,
    counts: (index: number) => Math.abs(gradients.get(name)?.data[index] ?? 1) > UPDATE_FLOOR,
  }));
  const update = figure(`${pooling} update`, comparisons, "absolute");
  if (norm === undefined) return [update];
  return [figure(`${pooling} gradient norm`, [{ actual: [gradientNorm], expected: [norm] }], "relative"), update];
}

async function compareAdapter(reference: Reference, runtime: Runtime): Promise<[Model, Figure[]]> {
  const { loss, pooling } = figuresOf(reference, AdapterFigures);
  const parent = resolve(reference.folder, "..");
  const base = await readModel(parent);
  const adapter = await readAdapter(reference.folder, base);
  const around = await openReference(parent);
  try {
    const figures = figuresOf(around, ModelFigures);
    const subject = await readSubject(withAdapter(base, adapter), around, figures, runtime);
    const adapted = await computeOutcome(subject, pooling);
    const mergedSubject = await readSubject(mergeAdapter(base, adapter), around, figures, runtime);
    const merged = await computeOutcome(mergedSubject, pooling);
    const rewards = (await reference.tensors.read("rewards")).data;
    const gradients = await tensorsAfter(reference, "grad.");
    const names = new Map([...adapter.weights.keys()].map((name) => [loadedName(name), name]));
    const comparisons = [...gradients].map(([name, { data }]) => ({
      tensor: name,
      actual: adapted.gradients.get(names.get(name) ?? ownName(name)) ?? [],
      expected: data,
    }));
    return [
      base,
      [
        figure("rewards", [{ actual: adapted.rewards, expected: rewards }], "absolute"),
        figure("rewards, merged", [{ actual: merged.rewards, expected: rewards }], "absolute"),
        figure("loss", [{ actual: [adapted.loss], expected: [loss] }], "absolute"),
        figure("gradients", comparisons, "relative"),
        ...(await logitsFigures(subject, reference)),
      ],
    ];
  } finally {
    await around.tensors.close();
  }
}

async function compareEncoder(
  reference: Reference,
  { weights, runtime = {} }: ParityOptions,
): Promise<[Model, Figure[]]> {
  const { folder, tensors } = reference;
  const source = existsSync(join(folder, "config.json")) ? folder : weights;
  if (source === undefined)
    throw new RewardModelError(
      "NEEDS_WEIGHTS",
      `${folder} has no weights: name the folder of its checkpoint by --weights.`,
    );
  const model = await readCheckpoint(source);
  const expected = figuresOf(reference, EncoderFigures);
  const ids = await tensors.readIntegers("input_ids");
  const encoded = rowsOfTexts(expected.texts, model.tokenizer, expected.max_length, ids.shape[1]!);
  const outcome = await computeOutcome(await readSubject(model, reference, expected, runtime), "mean");
  const norms = Object.entries(expected.gradient_norms).map(([name, norm]) => ({
    tensor: name,
    actual: [normOf(outcome.gradients.get(name) ?? Float32Array.of(Number.NaN))],
    expected: [norm],
  }));
  const read = async (name: string) => (await tensors.read(name)).data;
  const head = { actual: outcome.gradients.get(HEAD_WEIGHT) ?? [], expected: await read("grad.head.weight") };
  return [
    model,
    [
      figure("token ids", [{ actual: encoded, expected: Array.from(ids.data, Number) }], "absolute", 0),
      figure("pooled vectors", [{ actual: outcome.pooled, expected: await read("pooled") }], "absolute"),
      figure("rewards", [{ actual: outcome.rewards, expected: await read("rewards") }], "absolute"),
      figure("loss", [{ actual: [outcome.loss], expected: [expected.loss] }], "absolute"),
      figure("gradient of the head", [head], "relative"),
      figure("norms of gradients", norms, "relative"),
    ],
  ];
}

/** Rows of texts alone, which stand between the tokens that open and close a pair; padded on the right to `width`. */
function rowsOfTexts(texts: readonly string[], tokenizer: Tokenizer, maxLength: number, width: number): number[] {
  return texts.flatMap((text) => {
    const [row] = tokenizer.encodeGroup("", [text], maxLength + 1); // and the one between the two texts of a pair
    const { ids, completionStart, completionEnd } = row!;
    const alone = [ids[0]!, ...ids.slice(completionStart, completionEnd), ids.at(-1)!];
    return [...alone, ...Array<number>(Math.max(0, width - alone.length)).fill(tokenizer.padId)];
  });
}

/** In float64: PyTorch's sum of squares in float32 is 2.5e-5 short for 600 000 numbers, and so are its norms. */
function normOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

/** Our names of the reference's head; the backbone's are the same. */
function ownName(name: string): string {
  return { "head.weight": HEAD_WEIGHT, "head.bias": HEAD_BIAS }[name] ?? name;
}
