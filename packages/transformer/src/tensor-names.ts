import type { ConfiguredArchitecture } from "./architecture";
import { type TensorMismatch, WeightMismatch } from "./errors";
import type { Shapes } from "./weight-shapes";

/** Tensors by these names belong to the head that a reward model puts on top, whatever the architecture. */
export const headPrefix = "score.";

/** What a checkpoint's tensors are, each by its own name, which has no model's prefix, to its name in the file. */
export interface SortedTensors {
  readonly weights: ReadonlyMap<string, string>;
  /** Of Borda's head, or of transformers' for one label, whose last layer is there only where all of it is. */
  readonly head: ReadonlyMap<string, string>;
  /** Names in the file that nothing asks for: other heads, and what is no weight. */
  readonly leftOut: readonly string[];
}

/** No weights: positions counted out and masks, which old checkpoints stored. */
const buffers =
  /(^|\.)(position_ids|rotary_emb\.inv_freq|attn\.bias|attn\.masked_bias|attention\.bias|attention\.masked_bias)$/;

/**
 * Tells what each tensor of a checkpoint is. Names may bear the model's prefix or not, and BERT's first names of norms.
 * Throws WeightMismatch naming a tensor that is missing, misshapen, there twice, or of no known part, and
 * with it every other one.
 */
export function sortTensors(architecture: ConfiguredArchitecture, found: Shapes, where: string): SortedTensors {
  const weights = new Map<string, string>();
  const head = new Map<string, string>();
  const leftOut: string[] = [];
  const wrong: TensorMismatch[] = [];
  const mismatch = (tensor: string, problem: string) => void wrong.push({ tensor, problem });
  for (const [fileName, shape] of found) {
    const name = ownName(fileName, architecture.prefix);
    const base = architecture.weightShapes.get(name) ?? architecture.optionalShapes.get(name);
    if (base) {
      const earlier = weights.get(name);
      if (earlier !== undefined) mismatch(name, `is there twice, as ${earlier} and ${fileName}`);
      if (shape.join() !== base.join()) mismatch(name, misshapen(shape, base));
      weights.set(name, fileName);
      continue;
    }
    const role = headRole(fileName, shape, architecture);
    if (role === "head") head.set(fileName, fileName);
    else if (role !== "none") mismatch(fileName, role.problem);
    else if (isKnown(fileName, name, architecture)) leftOut.push(fileName);
    else mismatch(fileName, "belongs to no part of the model that config.json describes");
  }
  for (const [name, shape] of architecture.weightShapes)
    if (!weights.has(name)) mismatch(name, `[${shape}] is missing`);
  const [first] = wrong;
  if (first) {
    const more = wrong.length === 1 ? "" : `; and ${wrong.length - 1} more are wrong`;
    throw new WeightMismatch(first.tensor, `${where}: tensor ${first.tensor} ${first.problem}${more}.`, wrong);
  }
  return withWholeHead({ weights, head, leftOut }, architecture);
}

/** BERT's first checkpoints, made from TensorFlow's, call a norm's weight gamma and its bias beta. */
function ownName(fileName: string, prefix: string): string {
  const name = prefix !== "" && fileName.startsWith(prefix) ? fileName.slice(prefix.length) : fileName;
  return name.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

/** Whether a tensor is of a head that is read; a head's of another shape is a problem. */
function headRole(
  name: string,
  shape: readonly number[],
  { classification }: ConfiguredArchitecture,
): "head" | "none" | { readonly problem: string } {
  const expected = classification?.shapes.get(name);
  if (!expected) return name.startsWith(headPrefix) ? "head" : "none";
  if (shape.join() === expected.join()) return "head";
  const otherLabels =
    expected[0] === 1 && shape.length === expected.length && shape.slice(1).join() === expected.slice(1).join();
  return otherLabels ? "none" : { problem: misshapen(shape, expected) }; // a classifier gives no reward
}

function isKnown(fileName: string, name: string, { otherHeads, classification }: ConfiguredArchitecture): boolean {
  if (buffers.test(fileName) || classification?.shapes.has(fileName)) return true;
  return otherHeads.some((prefix) => fileName.startsWith(prefix) || name.startsWith(prefix));
}

/** Without what is under it, transformers' last layer counts for nothing; what is under it may stand alone, as a start. */
function withWholeHead(
  { weights, head, leftOut }: SortedTensors,
  { classification }: ConfiguredArchitecture,
): SortedTensors {
  const needed = [...(classification?.shapes.keys() ?? [])];
  const found = (name: string) => head.has(name) || weights.has(name) || name.startsWith(headPrefix);
  if (needed.every(found)) return { weights, head, leftOut };
  const partial = [...head.keys()].filter((name) => name.startsWith(`${classification!.output}.`));
  return {
    weights,
    head: new Map([...head].filter(([name]) => !partial.includes(name))),
    leftOut: [...leftOut, ...partial],
  };
}

function misshapen(actual: readonly number[], expected: readonly number[]): string {
  return `has shape [${actual}], config.json makes it [${expected}]`;
}
