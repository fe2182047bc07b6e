import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainRewardModel, WorkerStopping } from "../../src";
import { eventually } from "../../src/testing";
import { type Lane, newRun } from "../lane";

/** What becomes of the job of a worker that stops or is killed. */
export function promisesToWorkers(lane: Lane): void {
  describe("a worker", () => {
    it("that stops gives its running job back, and the attempt does not count", async () => {
      const input = newRun();
      let reason: unknown;
      await lane.queue.add(trainRewardModel, input);
      const first = await lane.work({
        "train-reward-model": (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              reason = signal.reason;
              reject(new Error("stopped in the middle"));
            });
          }),
      });
      await eventually("the start", 10, () => lane.seen.some((event) => event.type === "started"));
      await first.close();
      expect(reason).toBeInstanceOf(WorkerStopping);
      expect(lane.seen.map(({ type }) => type)).toContain("returned");
      expect(await lane.queue.state(trainRewardModel, input)).toBe("waiting");
      const attempts: number[] = [];
      await lane.work({ "train-reward-model": async (_, { attempt }) => void attempts.push(attempt) });
      await eventually("the next delivery", 10, () => attempts.length > 0);
      expect(attempts).toEqual([1]);
    });

    it("killed with -9 leaves its job to the next within 30 s, and the attempt does not count", async () => {
      const input = newRun();
      const script = join(import.meta.dirname, "hanging-worker.ts");
      const doomed = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(lane.store.connection)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await lane.queue.add(trainRewardModel, input);
      const [line] = await once(doomed.stdout, "data");
      expect(`${line}`).toBe(`took ${input.runId}\n`);
      doomed.kill("SIGKILL");
      await once(doomed, "exit");
      const killedAt = Date.now();
      const attempts: number[] = [];
      await lane.work({ "train-reward-model": async (_, { attempt }) => void attempts.push(attempt) });
      await eventually("the next delivery", 35, () => attempts.length > 0);
      expect((Date.now() - killedAt) / 1000).toBeLessThan(31);
      expect(attempts).toEqual([1]);
    }, 60_000);
  });
}
