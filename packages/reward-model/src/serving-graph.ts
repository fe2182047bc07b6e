import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type OnnxFileOptions, writeOnnx } from "@borda/tensor";
import type { CheckpointChanges, Weights } from "@borda/transformer";
import { LOGITS, type RewardGraph } from "./model";

export type ServingPrecision = "float32" | "int8";

/** Where transformers.js looks for them: its dtype "fp32" and "q8". */
export const ONNX_FILES: Readonly<Record<ServingPrecision, string>> = {
  float32: "onnx/model.onnx",
  int8: "onnx/model_quantized.onnx",
};

/** Where a checkpoint's files are split: what writeWeights and writeOnnx take. */
export type CheckpointSizes = Pick<CheckpointChanges, "shardBytes"> & Pick<OnnxFileOptions, "externalAbove">;

/** Writes the graphs from ids to rewards [n, 1], in float32 and in int8, with their weights. */
export async function writeServingGraphs(
  folder: string,
  { rewards, inputs }: RewardGraph,
  weights: Weights,
  { externalAbove }: CheckpointSizes = {},
): Promise<void> {
  const outputs = { [LOGITS]: build.reshape(rewards, { shape: ["n", 1] }) };
  const values = new Map([...weights].map(([name, { data }]) => [name, data]));
  for (const [precision, file] of Object.entries(ONNX_FILES) as [ServingPrecision, string][]) {
    await mkdir(join(folder, dirname(file)), { recursive: true });
    const options = { precision, ...(externalAbove !== undefined && { externalAbove }) };
    await writeOnnx(join(folder, file), { outputs, inputs, weights: values }, options);
  }
}
