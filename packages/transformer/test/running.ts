import { createOnnxExecutor, input, int64, parameter, type Tensor, type Value } from "@borda/tensor";
import { type Backbone, meanOverTokens, sentenceVector } from "../src";

/** A backbone's hidden states and vectors, run by onnxruntime. Rows are padded on the right to `width`. */
export async function createRunner(backbone: Backbone) {
  const parameters = new Map<string, Tensor>();
  const parameterOf = (name: string) => {
    const known = parameters.get(name) ?? parameter(name, backbone.weights.get(name)!.shape);
    parameters.set(name, known);
    return known;
  };
  const inputIds = input("input_ids", ["n", "t"], "int64");
  const attentionMask = input("attention_mask", ["n", "t"], "int64");
  const segmentIds = input("token_type_ids", ["n", "t"], "int64");
  const hidden = backbone.hidden({ inputIds, attentionMask, segmentIds, parameter: parameterOf });
  const mean = meanOverTokens(hidden, attentionMask);
  const vectors = sentenceVector(hidden, attentionMask, parameterOf);
  const executor = await createOnnxExecutor({ outputs: { hidden, mean, vectors } });
  const weights = Object.fromEntries(
    [...parameters.keys()].map((name) => {
      const { data, shape } = backbone.weights.get(name)!;
      return [name, { data, dims: shape } satisfies Value];
    }),
  );
  return {
    async run(
      rows: readonly (readonly number[])[],
      { width = Math.max(...rows.map((row) => row.length)), segments = rows.map((row) => row.map(() => 0)) } = {},
    ) {
      const padded = (values: readonly (readonly number[])[], fill: number) =>
        int64(
          values.flatMap((row) => [...row, ...Array<number>(width - row.length).fill(fill)]),
          [rows.length, width],
        );
      const outputs = await executor.run({
        ...weights,
        input_ids: padded(rows, backbone.tokenizer.padId),
        attention_mask: padded(
          rows.map((row) => row.map(() => 1)),
          0,
        ),
        token_type_ids: padded(segments, 0),
      });
      const row = (name: string, at: number) => {
        const { data, dims } = outputs[name]!;
        const size = dims.at(-1)!;
        return Array.from((data as Float32Array).subarray(at * size, (at + 1) * size));
      };
      return {
        hidden: rows.map((ids, i) => ids.map((_, at) => row("hidden", i * width + at))),
        mean: rows.map((_, i) => row("mean", i)),
        vectors: rows.map((_, i) => row("vectors", i)),
      };
    },
    close: () => executor.close(),
  };
}

/** The largest absolute difference between two nested arrays of numbers; the first one's shape counts. */
export function largestDifference(x: unknown, y: unknown): number {
  if (typeof x === "number") return Math.abs(x - (y as number));
  return (x as unknown[]).reduce<number>(
    (largest, e, i) => Math.max(largest, largestDifference(e, (y as unknown[])[i])),
    0,
  );
}

/** The largest absolute value among nested arrays of numbers. */
export function largestMagnitude(x: unknown): number {
  return typeof x === "number"
    ? Math.abs(x)
    : (x as unknown[]).reduce<number>((m, e) => Math.max(m, largestMagnitude(e)), 0);
}
