import { ops } from "../ops/index";
import { sameShape } from "../shape";
import type { Tensor } from "../tensor";

/** Updates that read and write the same arrays, as one pass over them: each element is read once and written once. */
export interface UpdateLoop {
  /** Tensors that the pass reads, computed before it: of the updates' own shape, or single numbers. */
  readonly given: readonly Tensor[];
  /** Resident arrays by their keys that are read or overwritten. */
  readonly resident: readonly string[];
  /** The pass. Arrays in the order of `resident`, and of `given`; of a single number its array of one element. */
  run(resident: readonly Float32Array[], given: readonly Float32Array[]): void;
}

/**
 * Splits updates of resident arrays at the last op that is not elementwise: what comes after it becomes loops, what comes
 * before is left to the graph. An optimizer's dozen ops over each weight are bound by memory: as nodes of a graph every
 * one of them reads and writes whole arrays, in a loop all of them pass once.
 */
export function updateLoops(
  updates: Readonly<Record<string, Tensor>>,
  isResident: (key: string) => boolean,
): UpdateLoop[] {
  const parts = Object.entries(updates).map(([key, next]) => ({ keys: [key], ...expressionOf([next], isResident) }));
  const groups: (typeof parts)[] = [];
  for (const part of parts) {
    const touched = new Set([...part.keys, ...part.leaves.map(({ name }) => name!)]);
    const joined = groups.filter((group) =>
      group.some(
        ({ keys, leaves }) => keys.some((k) => touched.has(k)) || leaves.some(({ name }) => touched.has(name!)),
      ),
    );
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), part]);
  }
  return groups.map((group) =>
    loopOf(Object.fromEntries(group.flatMap(({ keys }) => keys.map((k) => [k, updates[k]!]))), isResident),
  );
}

interface Expression {
  /** Elementwise ops, operands before what uses them. */
  readonly inner: readonly Tensor[];
  readonly given: readonly Tensor[];
  readonly leaves: readonly Tensor[];
}

/** The elementwise ops that end in `ends`, and where they begin. */
function expressionOf(ends: readonly Tensor[], isResident: (key: string) => boolean): Expression {
  const [inner, given, leaves] = [new Set<Tensor>(), new Set<Tensor>(), new Map<string, Tensor>()];
  const visit = (tensor: Tensor): void => {
    const isSingle = tensor.shape.length === 0;
    if (!isSingle && tensor.op === "parameter" && isResident(tensor.name!)) {
      leaves.set(tensor.name!, leaves.get(tensor.name!) ?? tensor);
    } else if (!isSingle && ops[tensor.op].element && !tensor.inputs.some((x) => stretches(x, tensor))) {
      for (const operand of tensor.inputs) if (!inner.has(operand)) visit(operand);
      inner.add(tensor);
    } else given.add(tensor);
  };
  for (const end of ends) visit(end);
  return { inner: [...inner], given: [...given], leaves: [...leaves.values()] };
}

function stretches({ shape }: Tensor, to: Tensor): boolean {
  return shape.length > 0 && !sameShape(shape, to.shape);
}

function loopOf(updates: Readonly<Record<string, Tensor>>, isResident: (key: string) => boolean): UpdateLoop {
  const { inner, given, leaves } = expressionOf(Object.values(updates), isResident);
  const resident = [...new Set([...leaves.map(({ name }) => name!), ...Object.keys(updates)])];
  const names = new Map<Tensor, string>();
  const lines: string[] = [];
  for (const leaf of leaves) names.set(leaf, `old${resident.indexOf(leaf.name!)}`);
  for (const i of resident.keys()) lines.push(`const old${i} = r${i}[i];`);
  const single: string[] = [];
  given.forEach((tensor, i) => {
    names.set(tensor, `given${i}`);
    if (tensor.shape.length === 0) single.push(`const given${i} = g${i}[0];`);
    else lines.push(`const given${i} = g${i}[i];`);
  });
  // A graph may make the tensor of one weight several times.
  const nameOf = (tensor: Tensor) => names.get(tensor) ?? `old${resident.indexOf(tensor.name!)}`;
  inner.forEach((tensor, i) => {
    names.set(tensor, `e${i}`);
    // Rounded after every op, as float32 hardware does: the engine then computes in float32 too.
    lines.push(`const e${i} = Math.fround(${ops[tensor.op].element!(...tensor.inputs.map(nameOf))});`);
  });
  for (const [key, next] of Object.entries(updates)) lines.push(`r${resident.indexOf(key)}[i] = ${nameOf(next)};`);
  const parameters = [...resident.map((_, i) => `r${i}`), ...given.map((_, i) => `g${i}`)];
  const body = [...single, "for (let i = 0; i < r0.length; i++) {", ...lines, "}"].join("\n");
  const pass = compiled(parameters, body);
  return { given, resident, run: (arrays, values) => pass(...arrays, ...values) };
}

type Pass = (...arrays: readonly Float32Array[]) => void;
const passes = new Map<string, Pass>();

/** One function a text: the loops of most weights are the same, and so compiled once. */
function compiled(parameters: readonly string[], body: string): Pass {
  const key = `${parameters.join()}\n${body}`;
  const known = passes.get(key) ?? (new Function(...parameters, body) as Pass);
  passes.set(key, known);
  return known;
}
