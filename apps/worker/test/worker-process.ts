import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { TrainingOptions } from "../src/services";
import type { House } from "./house";

/** A worker in a process of its own, to be killed or measured. */
export interface WorkerProcess {
  readonly process: ChildProcess;
  /** The most memory that it had resident since its start, in bytes. */
  peakMemory(): Promise<number>;
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export async function startWorkerProcess(
  { environment }: House,
  training: Partial<TrainingOptions> = {},
  nodeOptions: readonly string[] = [],
): Promise<WorkerProcess> {
  const script = new URL("./worker-entry.ts", import.meta.url).pathname;
  const child = fork(script, [JSON.stringify({ environment, training })], {
    execArgv: ["--import", "tsx", ...nodeOptions],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [first] = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (first !== "ready") throw new Error(`the worker process ended (${first}) before it was ready`);
  const ended = once(child, "exit");
  return {
    process: child,
    async peakMemory() {
      const told = once(child, "message");
      child.send("memory");
      return (await told)[0] as number;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      return (await ended)[0] as number | null;
    },
  };
}
