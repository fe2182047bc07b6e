import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunEvent } from "@borda/preferences";
import type { Logger } from "pino";
import { RemediableError } from "../failure";
import { type Order, Report, type TrainingPlan, type TrainingResult } from "./protocol";

/** The training ended because it was told to; its state is saved. */
export class TrainingStopped extends Error {
  constructor() {
    super("The training was stopped; its state is saved.");
    this.name = "TrainingStopped";
  }
}

/** The training's own error, as it told it: doing the same again gives the same. */
export class TrainingFailed extends Error {
  constructor(
    message: string,
    /** The error's stack in the training process. */
    readonly origin: string,
  ) {
    super(message);
    this.name = "TrainingFailed";
  }
}

export interface ChildOptions {
  /** Asks the child to save and end; it is killed if it has not within `graceSeconds`. */
  readonly signal: AbortSignal;
  readonly graceSeconds: number;
  readonly onEvent: (event: RunEvent) => void;
  readonly log: Logger;
}

/**
 * Trains in a process of its own, so that no step delays the worker's heartbeats, and ends with it. Throws
 * TrainingStopped, TrainingFailed, or RemediableError (TRAINING_KILLED) when the process ended without a word.
 */
export async function trainInChild(plan: TrainingPlan, options: ChildOptions): Promise<TrainingResult> {
  const { signal, graceSeconds, onEvent, log } = options;
  if (signal.aborted) throw new TrainingStopped();
  const child = fork(childEntry.path, {
    execArgv: childEntry.execArgv,
    env: childEnvironment(),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  follow(child, log.child({ runId: plan.runId, trainingPid: child.pid }));
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    tell(child, { type: "stop" });
    killer = setTimeout(() => child.kill("SIGKILL"), graceSeconds * 1000);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await new Promise<TrainingResult>((resolve, reject) => {
      let last: Exclude<Report, { type: "event" }> | undefined;
      child.on("message", (message) => {
        const report = Report.parse(message);
        if (report.type === "event") onEvent(report.event);
        else last = report;
      });
      child.on("error", reject);
      // "close" and not "exit": what the child sent last has arrived by then.
      child.on("close", (code, killedBy) => {
        if (last?.type === "done") resolve(last.result);
        else if (last?.type === "failed") reject(new TrainingFailed(last.message, last.stack));
        else if (last?.type === "stopped" || signal.aborted) reject(new TrainingStopped());
        else reject(killed(killedBy ?? `code ${code}`));
      });
      tell(child, { type: "train", plan });
    });
  } finally {
    clearTimeout(killer);
    signal.removeEventListener("abort", stop);
  }
}

/** The bundle of the child lies beside the worker's; from the sources tsx reads it. */
const childEntry = import.meta.url.endsWith(".ts")
  ? { path: here("../train-child.ts"), execArgv: ["--import", import.meta.resolve("tsx")] }
  : { path: here("./train-child.js"), execArgv: ["--enable-source-maps"] };

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Only what a program needs to run: no database, no secret. */
function childEnvironment(): NodeJS.ProcessEnv {
  const system = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "LANG", "TZ", "SystemRoot", "NODE_OPTIONS"];
  // Where CUDA's libraries are, which GPU to take, and whether TensorFlow rewrites graphs.
  const names = [...system, "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "BORDA_TENSORFLOW_GRAPPLER"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function tell(child: ChildProcess, order: Order): void {
  // A child that has ended cannot be told; its end is handled where it is awaited.
  if (child.connected) child.send(order, () => {});
}

/** What the child and its native libraries print goes to the worker's log. */
function follow(child: ChildProcess, log: Logger): void {
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => log.info({ line }, "training"));
  if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => log.warn({ line }, "training"));
}

function killed(how: string): RemediableError {
  return new RemediableError(
    "TRAINING_KILLED",
    `The training process ended without a word (${how})${how === "SIGKILL" ? ", most likely because memory ran out" : ""}.`,
    "Lower the recipe's token budget or maximum length, or give the machine more memory, and retry.",
  );
}
