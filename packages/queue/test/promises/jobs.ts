import type { RunId } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import {
  considerRetraining,
  type Delivery,
  InvalidJobInput,
  importFile,
  PermanentFailure,
  Postponed,
  trainRewardModel,
} from "../../src";
import { backendOf } from "../../src/backend";
import { eventually } from "../../src/testing";
import { gate, type Lane, newImport, newProject, newRun } from "../lane";

/** What a job is promised, from the hand that adds it to its end. */
export function promisesToJobs(lane: Lane): void {
  describe("a job", () => {
    it("reaches its handler once, with its input and a delivery of its own", async () => {
      const input = newRun();
      const got: [typeof input, Delivery][] = [];
      const { jobId, added } = await lane.queue.add(trainRewardModel, input);
      expect(added).toBe(true);
      expect(await lane.queue.state(trainRewardModel, input)).toBe("waiting");
      await lane.work({ "train-reward-model": async (data, delivery) => void got.push([data, delivery]) });
      await eventually("the delivery", 10, () => got.length > 0);
      expect(got).toHaveLength(1);
      expect(got[0]![0]).toEqual(input);
      expect(got[0]![1]).toMatchObject({ jobId, attempt: 1, lastAttempt: false });
      await eventually("its completion", 5, async () => (await lane.queue.state(trainRewardModel, input)) === "absent");
    });

    it("with a wrong input is refused before it is stored", async () => {
      await expect(lane.queue.add(trainRewardModel, { runId: "" as RunId })).rejects.toBeInstanceOf(InvalidJobInput);
      await expect(lane.queue.add(importFile, { importId: "x", more: 1 } as never)).rejects.toThrow(/import-file/);
    });

    it("with a wrong input from elsewhere fails for good and never reaches the handler", async () => {
      const raw = backendOf(lane.store.connection).queue("import-file");
      await raw.add("import-file", { importID: "typo" }, { attempts: 3 });
      let handled = 0;
      await lane.work({ "import-file": async () => void handled++ });
      const failed = await eventually("the failure", 10, () => lane.seen.find((event) => event.type === "failed"));
      expect(failed).toMatchObject({ final: true, error: { message: expect.stringContaining("importId") } });
      expect(handled).toBe(0);
      await raw.close();
    });

    it("is not added twice while it waits or runs, and again after it is done", async () => {
      const input = newRun();
      const first = await lane.queue.add(trainRewardModel, input);
      expect(await lane.queue.add(trainRewardModel, input)).toEqual({ jobId: first.jobId, added: false });
      const { opened, open } = gate();
      let handled = 0;
      await lane.work({
        "train-reward-model": async () => {
          handled += 1;
          await opened;
        },
      });
      await eventually("the start", 10, () => handled === 1);
      expect(await lane.queue.state(trainRewardModel, input)).toBe("running");
      expect((await lane.queue.add(trainRewardModel, input)).added).toBe(false);
      open();
      await eventually("the end", 10, async () => (await lane.queue.state(trainRewardModel, input)) === "absent");
      expect((await lane.queue.add(trainRewardModel, input)).added).toBe(true);
      await eventually("the second", 10, () => handled === 2);
    });

    it("that looks at what is new runs once more when something came while it ran", async () => {
      const input = { projectId: newProject(), because: "new-comparisons" as const };
      const { opened, open } = gate();
      let handled = 0;
      await lane.work({
        "consider-retraining": async () => {
          handled += 1;
          await opened;
        },
      });
      await lane.queue.add(considerRetraining, input);
      await eventually("the first look", 10, () => handled === 1);
      await lane.queue.add(considerRetraining, input);
      await lane.queue.add(considerRetraining, input);
      open();
      await eventually("the second look", 10, () => handled === 2);
      await eventually("its end", 10, async () => (await lane.queue.state(considerRetraining, input)) === "absent");
      expect(handled).toBe(2);
    });

    it("whose handler throws is tried again with a growing pause, and then fails for good", async () => {
      const times: number[] = [];
      await lane.work({
        "import-file": async () => {
          times.push(Date.now());
          throw new Error("no such file");
        },
      });
      await lane.queue.add(importFile, newImport());
      await eventually("the last attempt", 20, () => lane.seen.some((event) => event.type === "failed" && event.final));
      expect(times).toHaveLength(importFile.attempts);
      expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1900);
      expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(3900);
    }, 30_000);

    it("that cannot succeed is not tried again", async () => {
      let handled = 0;
      await lane.work({
        "import-file": async () => {
          handled += 1;
          throw new PermanentFailure(new Error("this is not a dataset"));
        },
      });
      await lane.queue.add(importFile, newImport());
      const failed = await eventually("the failure", 10, () => lane.seen.find((event) => event.type === "failed"));
      expect(failed).toMatchObject({ final: true, error: { message: "this is not a dataset" } });
      expect(handled).toBe(1);
    });

    it("that is postponed comes back later, and the attempt does not count", async () => {
      const attempts: number[] = [];
      await lane.work({
        "train-reward-model": async (_, { attempt }) => {
          attempts.push(attempt);
          if (attempts.length === 1) throw new Postponed(1, "another delivery holds the run");
        },
      });
      await lane.queue.add(trainRewardModel, newRun());
      await eventually("the second delivery", 10, () => attempts.length === 2);
      expect(attempts).toEqual([1, 1]);
    });

    it("is delayed as asked", async () => {
      const started = Date.now();
      const input = newRun();
      await lane.queue.add(trainRewardModel, input, { delaySeconds: 1 });
      expect(await lane.queue.state(trainRewardModel, input)).toBe("delayed");
      let at = 0;
      await lane.work({
        "train-reward-model": async () => {
          at = Date.now();
        },
      });
      await eventually("the delivery", 10, () => at > 0);
      expect(at - started).toBeGreaterThanOrEqual(990);
    });

    it("is taken back before it starts, not while it runs", async () => {
      const input = newRun();
      await lane.queue.add(trainRewardModel, input);
      expect(await lane.queue.cancel(trainRewardModel, input)).toBe("removed");
      expect(await lane.queue.cancel(trainRewardModel, input)).toBe("absent");
      let handled = 0;
      const { opened, open } = gate();
      await lane.work({
        "train-reward-model": async () => {
          handled += 1;
          await opened;
        },
      });
      expect((await lane.queue.add(trainRewardModel, input)).added).toBe(true);
      await eventually("the start", 10, () => handled === 1);
      expect(await lane.queue.cancel(trainRewardModel, input)).toBe("running");
      open();
    });
  });
}
