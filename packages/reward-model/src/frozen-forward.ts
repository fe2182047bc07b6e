import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Executor, openOnnxSessions, type Runtime, writeOnnx } from "@borda/tensor";
import type { Weights } from "@borda/transformer";
import { temporaryBeside } from "./durable-folder";
import { dataOf, type Forward, forwardBy, openForward } from "./forward";
import { sessionsFor, sessionTokens } from "./side-by-side";
import type { TrainingRun } from "./training-run";

/** For fewer tokens sessions side by side take longer to open than they save. */
const WORTH_TOKENS = 2 ** 14;

/**
 * The pooled features [n, h] of about `tokens` tokens by a backbone that stays as it is. On a processor in float32 the served
 * form of its graph runs in sessions of onnxruntime's side by side, whatever trains, see openOnnxSessions; elsewhere, and where
 * copies of the weights would be too large, the training's runtime. Holds native memory until closed.
 */
export async function openFrozenForward(
  { backbone, graph, recipe, threads, runtime, options, emit }: TrainingRun,
  weights: Weights,
  tokens: number,
): Promise<Forward & Pick<Executor, "close">> {
  const { padId } = backbone.tokenizer;
  const sessions = tokens >= WORTH_TOKENS && sameAnywhere(runtime) ? sessionsFor(bytesOf(weights), threads, 1) : 1;
  if (sessions === 1) {
    const features = { inputs: graph.inputs, output: graph.features };
    return openForward(features, weights, { padId, tokenBudget: recipe.tokenBudget }, runtime);
  }
  const folder = await temporaryBeside(options.out);
  try {
    const file = join(folder, "features.onnx");
    await writeOnnx(file, { outputs: { output: graph.features }, inputs: graph.inputs, weights: dataOf(weights) });
    const executor = await openOnnxSessions(file, { sessions, threads: threads / sessions });
    const message = `The frozen backbone runs in ${sessions} sessions of onnxruntime side by side.`;
    emit({ type: "log", level: "info", message });
    const padding = { padId, tokenBudget: sessionTokens(threads, sessions) };
    const forward = forwardBy(async (fed) => (await executor.run(fed)).output, padding, sessions);
    return { ...forward, close: () => executor.close() };
  } finally {
    await rm(folder, { recursive: true, force: true }); // sessions that are open hold their weights themselves
  }
}

/** Whether the runtime's numbers are onnxruntime's on a processor, but for their last bits. */
function sameAnywhere({ device = "cpu", precision = "float32", memory = "keep" }: Runtime): boolean {
  return device === "cpu" && precision === "float32" && memory === "keep";
}

function bytesOf(weights: Weights): number {
  return [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}
