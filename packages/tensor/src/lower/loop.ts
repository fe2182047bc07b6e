import { ops } from "../ops/index";
import { sameShape } from "../shape";
import type { Tensor } from "../tensor";
import { type CompiledPass, compilePass, type FloatPass } from "./float-pass";

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
    if (isSingle(tensor)) given.add(tensor);
    else if (tensor.op === "parameter" && isResident(tensor.name!)) {
      leaves.set(tensor.name!, leaves.get(tensor.name!) ?? tensor);
    } else if (ops[tensor.op].element && !tensor.inputs.some((x) => stretches(x, tensor))) {
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
  const [singles, wide] = [given.filter(isSingle), given.filter((tensor) => !isSingle(tensor))];
  const values = new Map<Tensor, number>();
  for (const tensor of [...wide, ...singles, ...inner]) values.set(tensor, resident.length + values.size);
  // A graph may make the tensor of one weight several times.
  const numberOf = (tensor: Tensor) => values.get(tensor) ?? resident.indexOf(tensor.name!);
  const run = compiled({
    arrays: resident.length + wide.length,
    singles: singles.length,
    steps: inner.map(({ op, inputs }) => {
      const [instruction, ...operands] = ops[op].element!;
      return { instruction, operands: operands.map((at) => numberOf(inputs[at]!)) };
    }),
    stored: Object.entries(updates).map(([key, next]) => [resident.indexOf(key), numberOf(next)]),
  });
  return {
    given,
    resident,
    run: (arrays, results) => {
      const of = (tensors: readonly Tensor[]) => tensors.map((tensor) => results[given.indexOf(tensor)]!);
      run(
        [...arrays, ...of(wide)],
        of(singles).map(([number]) => number!),
      );
    },
  };
}

function isSingle({ shape }: Tensor): boolean {
  return shape.length === 0;
}

const passes = new Map<string, CompiledPass>();

/** The loops of most weights are the same, and so compiled once. */
function compiled(pass: FloatPass): CompiledPass {
  const key = JSON.stringify(pass);
  const known = passes.get(key) ?? compilePass(pass);
  passes.set(key, known);
  return known;
}
