import { describe, expect, it, test } from "vitest";
import { build, type OpName } from "../src/index";
import type { Unary } from "../src/ops/op";
import { type Case, check } from "./check";
import { rows } from "./ops.table";

describe.each(Object.entries(rows))("%s", (_, cases) => {
  it.each(cases.map((each, i) => [i, each] as const))(
    "agrees with its reference in value, shape and gradient (%i)",
    (_i, each) => check(each),
  );
});

test("a record without a column, and an op without a row, do not compile", () => {
  const whole: Unary = { shape: ([x]) => x.shape, gradient: () => [null], onnx: (_, [x]) => x, reference: ([x]) => x };
  const { gradient: _gradient, ...withoutGradient } = whole;
  const { onnx: _onnx, ...withoutOnnx } = whole;
  const { reference: _reference, ...withoutReference } = whole;
  const { shape: _shape, ...withoutShape } = whole;
  // @ts-expect-error gradient is missing
  const a: Unary = withoutGradient;
  // @ts-expect-error onnx is missing
  const b: Unary = withoutOnnx;
  // @ts-expect-error reference is missing
  const c: Unary = withoutReference;
  // @ts-expect-error shape is missing
  const d: Unary = withoutShape;
  const { gelu: _gelu, ...withoutGelu } = rows;
  // @ts-expect-error the row of gelu is missing
  const table: Record<OpName, Case[]> = withoutGelu;
  expect([a, b, c, d].map((record) => Object.keys(record).length)).toEqual([3, 3, 3, 3]);
  expect(Object.keys(table)).toHaveLength(Object.keys(build).length - 1);
});
