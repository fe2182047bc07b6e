import { join } from "node:path";
import type { RunId } from "@borda/preferences";

/** The files of a run while it is trained; removed when it ends. */
export interface RunFolder {
  readonly root: string;
  /** The data snapshot, one line a prompt: {heldOut, group}. */
  readonly groups: string;
  /** Weights, moments and place in the data of the last save. */
  readonly resume: string;
  /** The finished checkpoint, before storage adopts it. */
  readonly checkpoint: string;
  /** What the training came to: a TrainingResult. */
  readonly result: string;
}

export function runFolderOf(runsFolder: string, runId: RunId): RunFolder {
  const root = join(runsFolder, runId);
  return {
    root,
    groups: join(root, "groups.jsonl"),
    resume: join(root, "resume"),
    checkpoint: join(root, "checkpoint"),
    result: join(root, "result.json"),
  };
}
