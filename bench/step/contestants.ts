import { fileURLToPath } from "node:url";
import { type Lane, laneName } from "../lanes";
import { lastLine, lastLineOf } from "../program";
import type { Contestant } from "../rounds";
import { type StepJob, StepTimes } from "./shape";

const child = new URL("child.ts", import.meta.url);
const peer = fileURLToPath(new URL("peer.py", import.meta.url));

export type PlainJob = Omit<StepJob, "executor" | "precision">;

const suffixes = { nothing: "", attention: ", scores again", layers: ", layers again" };
const suffix = ({ recompute }: PlainJob) => suffixes[recompute];

/** Steps of Borda by one lane. */
export function laneContestant(lane: Lane, job: PlainJob): Contestant<StepTimes> {
  const measure = async () => StepTimes.parse(JSON.parse(await lastLineOf(child, { ...job, ...lane })));
  return { name: laneName(lane) + suffix(job), measure };
}

/** The same steps by plain PyTorch; bfloat16 is its autocast, and layers again its gradient checkpointing. */
export function peerContestant(python: string, job: PlainJob, precision: StepJob["precision"]): Contestant<StepTimes> {
  const words = [peer, JSON.stringify({ ...job, precision, executor: "onnx" } satisfies StepJob)];
  return {
    name: `PyTorch ${precision}${suffix(job)}`,
    measure: async () => StepTimes.parse(JSON.parse(await lastLine(python, words))),
  };
}
