import { describe, expect, it } from "vitest";
import { createWorkers, QueueUnreachable, trainRewardModel, type WorkerEvent } from "../../src";
import { eventually } from "../../src/testing";
import { idle, type Lane, newRun } from "../lane";

/** What holds while the store of the jobs is away. */
export function promisesInOutages(lane: Lane): void {
  describe("the store", () => {
    it("killed with -9 keeps every job; producer and worker find it again by themselves", async () => {
      const [before, during, after] = [newRun(), newRun(), newRun()];
      const done: string[] = [];
      await lane.queue.add(trainRewardModel, before);
      await lane.work({
        "train-reward-model": async ({ runId }) => {
          if (runId === during.runId && !done.includes("killed")) {
            await lane.store.kill();
            done.push("killed");
            await expect(lane.queue.add(trainRewardModel, after)).rejects.toBeInstanceOf(QueueUnreachable);
            await eventually("the loss that the worker sees", 20, () => lane.seen.some(({ type }) => type === "error"));
            await lane.store.restart();
          }
          done.push(runId);
        },
      });
      await eventually("the job before", 10, () => done.includes(before.runId));
      await lane.queue.add(trainRewardModel, during);
      await eventually("the kill and the job that saw it", 40, () => done.includes(during.runId));
      await eventually("the producer", 20, () =>
        lane.queue.add(trainRewardModel, after).then(
          () => true,
          () => false,
        ),
      );
      await eventually("the job after", 40, () => done.includes(after.runId));
      expect(lane.seen.filter((event) => event.type === "failed" && event.final)).toEqual([]);
    }, 120_000);

    it("that is not up yet is waited for by a worker, and a closed worker stops waiting", async () => {
      await lane.store.kill();
      const tries: Error[] = [];
      const onEvent = (event: WorkerEvent) => void (event.type === "error" && tries.push(event.error));
      const patient = createWorkers({ ...lane.store.connection, services: {}, handlers: idle });
      const impatient = createWorkers({ ...lane.store.connection, services: {}, handlers: idle, onEvent });
      await eventually("a try that fails", 20, () => tries.length > 0);
      await impatient.close();
      await lane.store.restart();
      await patient.ready;
      await patient.close();
    }, 60_000);
  });
}
