import { describe, expect, it, test } from "vitest";
import type { OpName } from "../src/index";
import { gelu } from "../src/ops/activation";
import { ops } from "../src/ops/index";
import type { AnyOp, Op } from "../src/ops/op";
import { type Case, check } from "./check";
import { lanes } from "./lanes";
import { rows } from "./ops.table";

describe.each(lanes)("on $name", ({ runtime }) => {
  describe.each(Object.entries(rows))("%s", (_, cases) => {
    it.each(cases.map((each, i) => [i, each] as const))(
      "agrees with its reference in value, shape and gradient (%i)",
      (_i, each) => check(each, runtime),
    );
  });
});

test("a record without a column, and an op without a record or a row, do not compile", () => {
  const { gradient: _gradient, ...withoutGradient } = gelu;
  const { onnx: _onnx, ...withoutOnnx } = gelu;
  const { tensorflow: _tensorflow, ...withoutTensorflow } = gelu;
  const { reference: _reference, ...withoutReference } = gelu;
  const { shape: _shape, ...withoutShape } = gelu;
  // @ts-expect-error gradient is missing
  const a: Op<"gelu"> = withoutGradient;
  // @ts-expect-error onnx is missing
  const b: Op<"gelu"> = withoutOnnx;
  // @ts-expect-error tensorflow is missing
  const e: Op<"gelu"> = withoutTensorflow;
  // @ts-expect-error reference is missing
  const c: Op<"gelu"> = withoutReference;
  // @ts-expect-error shape is missing
  const d: Op<"gelu"> = withoutShape;
  expect([a, b, c, d, e].map((record) => Object.keys(record).length)).toEqual([4, 4, 4, 4, 4]);

  const { gelu: _record, ...recordsWithoutGelu } = ops;
  // @ts-expect-error the record of gelu is missing
  const table: Record<OpName, AnyOp> = recordsWithoutGelu;
  const { gelu: _row, ...rowsWithoutGelu } = rows;
  // @ts-expect-error the row of gelu is missing
  const checked: Record<OpName, Case[]> = rowsWithoutGelu;
  expect(Object.keys(table)).toEqual(Object.keys(ops).filter((name) => name !== "gelu"));
  expect(Object.keys(checked).sort()).toEqual(Object.keys(table).sort());
});
