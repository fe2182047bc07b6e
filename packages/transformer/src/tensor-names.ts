import type { ConfiguredArchitecture } from "./architecture";
import { WeightMismatch } from "./errors";
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
 * Throws WeightMismatch naming a tensor that is missing, misshapen, there twice, or of no known part.
 */
export function sortTensors(architecture: ConfiguredArchitecture, found: Shapes, where: string): SortedTensors {
  const weights = new Map<string, string>();
  const head = new Map<string, string>();
  const leftOut: string[] = [];
  for (const [fileName, shape] of found) {
    const name = ownName(fileName, architecture.prefix);
    const base = architecture.weightShapes.get(name) ?? architecture.optionalShapes.get(name);
    if (base) {
      if (weights.has(name))
        throw new WeightMismatch(
          name,
          `${where}: tensor ${name} is there twice, as ${weights.get(name)} and ${fileName}.`,
        );
      checkShape(name, shape, base, where);
      weights.set(name, fileName);
    } else if (isHead(fileName, shape, architecture, where)) head.set(fileName, fileName);
    else if (isKnown(fileName, name, architecture)) leftOut.push(fileName);
    else
      throw new WeightMismatch(
        fileName,
        `${where}: tensor ${fileName} belongs to no part of the model that config.json describes.`,
      );
  }
  for (const [name, shape] of architecture.weightShapes)
    if (!weights.has(name)) throw new WeightMismatch(name, `${where}: tensor ${name} [${shape}] is missing.`);
  return withWholeHead({ weights, head, leftOut }, architecture);
}

/** BERT's first checkpoints, made from TensorFlow's, call a norm's weight gamma and its bias beta. */
function ownName(fileName: string, prefix: string): string {
  const name = prefix !== "" && fileName.startsWith(prefix) ? fileName.slice(prefix.length) : fileName;
  return name.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias");
}

function isHead(
  name: string,
  shape: readonly number[],
  { classification }: ConfiguredArchitecture,
  where: string,
): boolean {
  const expected = classification?.shapes.get(name);
  if (!expected) return name.startsWith(headPrefix);
  if (shape.join() === expected.join()) return true;
  const oneLabel =
    expected[0] === 1 && shape.length === expected.length && shape.slice(1).join() === expected.slice(1).join();
  if (!oneLabel) checkShape(name, shape, expected, where);
  return false; // another number of labels: a classifier, and no reward
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

function checkShape(name: string, actual: readonly number[], expected: readonly number[], where: string): void {
  if (actual.join() !== expected.join())
    throw new WeightMismatch(
      name,
      `${where}: tensor ${name} has shape [${actual}], config.json makes it [${expected}].`,
    );
}
