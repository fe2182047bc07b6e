import type { Builder, Operand } from "./builder";
import type { DType, TensorData } from "./data";
import { ShapeMismatch } from "./errors";
import { ops } from "./ops/index";
import type { AnyOp } from "./ops/op";
import { broadcastShapes, type Dim, sameShape } from "./shape";
import type { OpName } from "./signatures";
import type { Tensor } from "./tensor";

function isTensor(argument: unknown): argument is Tensor {
  return typeof argument === "object" && argument !== null && "op" in argument && "inputs" in argument;
}

function make(name: OpName, args: readonly unknown[]): Tensor {
  const last = args.at(-1);
  const given = last === undefined || isTensor(last) || typeof last === "number" ? {} : (last as object);
  const operands = args.filter((arg): arg is Operand => isTensor(arg) || typeof arg === "number");
  const dtype = operands.find((x): x is Tensor => typeof x !== "number" && x.dtype !== "bool")?.dtype ?? "float32";
  const op = ops[name];
  const inputs = withoutStretching(
    op,
    operands.map((x) => (typeof x === "number" ? scalar(x, dtype) : x)),
  );
  const attributes = op.normalize ? op.normalize(given, inputs) : given;
  const shape = op.shape(inputs, attributes);
  const simpler = op.simplify?.(build, inputs, attributes);
  if (simpler) return simpler;
  const named = "name" in attributes ? { name: attributes.name as string } : {};
  return {
    op: name,
    inputs,
    attributes,
    shape,
    dtype: op.dtype ? op.dtype(inputs, attributes) : inputs[0]!.dtype,
    ...named,
  };
}

/** An op that broadcasts takes an expanded input as it was before, where the result's shape does not depend on it. */
function withoutStretching(op: AnyOp, inputs: Tensor[]): Tensor[] {
  if (!op.broadcasts) return inputs;
  const whole = broadcastShapes(...inputs.map((x) => x.shape));
  const slim = [...inputs];
  slim.forEach((x, i) => {
    const source = x.inputs[0];
    if (!ops[x.op].stretches || !source) return;
    const others = slim.map((other, j) => (j === i ? source : other).shape);
    if (sameShape(broadcastShapes(...others), whole)) slim[i] = source;
  });
  return slim;
}

function scalar(value: number, dtype: DType): Tensor {
  if (dtype === "bool") throw new ShapeMismatch("a number cannot stand among booleans: compare or cast first");
  return constant(dtype === "int64" ? BigInt64Array.of(BigInt(value)) : Float32Array.of(value), []);
}

/** The builder: one function an op, derived from the table. */
export const build: Builder = Object.fromEntries(
  Object.keys(ops).map((name) => [name, (...args: unknown[]) => make(name as OpName, args)]),
) as unknown as Builder;

/** Something fed at every run, by its name; a size may be a name, as in [n, t]. */
export function input(name: string, shape: Tensor["shape"], dtype: DType = "float32"): Tensor {
  return build.input({ name, shape, dtype });
}

/** A float32 weight. */
export function parameter(name: string, shape: readonly number[]): Tensor {
  return build.parameter({ name, shape });
}

/** Data known now: float32 from numbers, or whatever the typed array says; its shape is [length] where left out. */
export function constant(data: TensorData | readonly number[], shape: readonly number[] = [data.length]): Tensor {
  const typed = Array.isArray(data) ? Float32Array.from(data as readonly number[]) : (data as TensorData);
  return build.constant({ data: typed, shape });
}

/** A size as an int64 scalar, for the places of what is gathered. */
export function integerSize(of: Dim): Tensor {
  return build.cast(build.count({ of }), { to: "int64" });
}
