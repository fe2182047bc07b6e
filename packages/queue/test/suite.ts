import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ImportId, ProjectId, RunId } from "@borda/preferences";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  considerRetraining,
  createQueue,
  createWorkers,
  type Delivery,
  type Handlers,
  InvalidJobInput,
  InvalidSchedule,
  importFile,
  PermanentFailure,
  Postponed,
  type Queue,
  QueueUnreachable,
  trainRewardModel,
  type WorkerEvent,
  WorkerStopping,
  type Workers,
} from "../src";
import { backendOf } from "../src/backend";
import { eventually, type Store } from "./stores";

let count = 0;
const newRun = () => ({ runId: RunId.parse(`run-${++count}`) });
const newImport = () => ({ importId: ImportId.parse(`import-${++count}`) });
const newProject = () => ProjectId.parse(`project-${++count}`);

/** What both lanes promise. */
export function promises(start: () => Promise<Store>): void {
  let store: Store;
  let queue: Queue;
  const working: Workers[] = [];
  const seen: WorkerEvent[] = [];

  beforeAll(async () => {
    store = await start();
    queue = createQueue(store.connection);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(working.splice(0).map((workers) => workers.close()));
    seen.length = 0;
  });
  afterAll(async () => {
    await queue?.close();
    await store?.stop();
  });

  const work = async (handlers: Partial<Handlers>, lockSeconds?: number) => {
    const foreign = async () => {};
    const workers = createWorkers({
      ...store.connection,
      services: {},
      handlers: { "import-file": foreign, "train-reward-model": foreign, "consider-retraining": foreign, ...handlers },
      onEvent: (event) => seen.push(event),
      ...(lockSeconds ? { lockSeconds } : {}),
    });
    working.push(workers);
    await workers.ready;
    return workers;
  };

  describe("a job", () => {
    it("reaches its handler once, with its input and a delivery of its own", async () => {
      const input = newRun();
      const got: [typeof input, Delivery][] = [];
      const { jobId, added } = await queue.add(trainRewardModel, input);
      expect(added).toBe(true);
      expect(await queue.state(trainRewardModel, input)).toBe("waiting");
      await work({ "train-reward-model": async (data, delivery) => void got.push([data, delivery]) });
      await eventually("the delivery", 10, () => got.length > 0);
      expect(got).toHaveLength(1);
      expect(got[0]![0]).toEqual(input);
      expect(got[0]![1]).toMatchObject({ jobId, attempt: 1, lastAttempt: false });
      await eventually("its completion", 5, async () => (await queue.state(trainRewardModel, input)) === "absent");
    });

    it("with a wrong input is refused before it is stored", async () => {
      await expect(queue.add(trainRewardModel, { runId: "" as RunId })).rejects.toBeInstanceOf(InvalidJobInput);
      await expect(queue.add(importFile, { importId: "x", more: 1 } as never)).rejects.toThrow(/import-file/);
    });

    it("with a wrong input from elsewhere fails for good and never reaches the handler", async () => {
      const raw = backendOf(store.connection).queue("import-file");
      await raw.add("import-file", { importID: "typo" }, { attempts: 3 });
      let handled = 0;
      await work({ "import-file": async () => void handled++ });
      const failed = await eventually("the failure", 10, () => seen.find((event) => event.type === "failed"));
      expect(failed).toMatchObject({ final: true, error: { message: expect.stringContaining("importId") } });
      expect(handled).toBe(0);
      await raw.close();
    });

    it("is not added twice while it waits or runs, and again after it is done", async () => {
      const input = newRun();
      const first = await queue.add(trainRewardModel, input);
      expect(await queue.add(trainRewardModel, input)).toEqual({ jobId: first.jobId, added: false });
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      let handled = 0;
      await work({
        "train-reward-model": async () => {
          handled += 1;
          await gate;
        },
      });
      await eventually("the start", 10, () => handled === 1);
      expect(await queue.state(trainRewardModel, input)).toBe("running");
      expect((await queue.add(trainRewardModel, input)).added).toBe(false);
      open();
      await eventually("the end", 10, async () => (await queue.state(trainRewardModel, input)) === "absent");
      expect((await queue.add(trainRewardModel, input)).added).toBe(true);
      await eventually("the second", 10, () => handled === 2);
    });

    it("that looks at what is new runs once more when something came while it ran", async () => {
      const input = { projectId: newProject(), because: "new-comparisons" as const };
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      let handled = 0;
      await work({
        "consider-retraining": async () => {
          handled += 1;
          await gate;
        },
      });
      await queue.add(considerRetraining, input);
      await eventually("the first look", 10, () => handled === 1);
      await queue.add(considerRetraining, input);
      await queue.add(considerRetraining, input);
      open();
      await eventually("the second look", 10, () => handled === 2);
      await sleep(500);
      expect(handled).toBe(2);
    });

    it("whose handler throws is tried again with a growing pause, and then fails for good", async () => {
      const times: number[] = [];
      await work({
        "import-file": async () => {
          times.push(Date.now());
          throw new Error("no such file");
        },
      });
      await queue.add(importFile, newImport());
      await eventually("the last attempt", 20, () => seen.some((event) => event.type === "failed" && event.final));
      expect(times).toHaveLength(importFile.attempts);
      expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1900);
      expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(3900);
    }, 30_000);

    it("that cannot succeed is not tried again", async () => {
      let handled = 0;
      await work({
        "import-file": async () => {
          handled += 1;
          throw new PermanentFailure(new Error("this is not a dataset"));
        },
      });
      await queue.add(importFile, newImport());
      const failed = await eventually("the failure", 10, () => seen.find((event) => event.type === "failed"));
      expect(failed).toMatchObject({ final: true, error: { message: "this is not a dataset" } });
      expect(handled).toBe(1);
    });

    it("that is postponed comes back later, and the attempt does not count", async () => {
      const attempts: number[] = [];
      await work({
        "train-reward-model": async (_, { attempt }) => {
          attempts.push(attempt);
          if (attempts.length === 1) throw new Postponed(1, "another delivery holds the run");
        },
      });
      await queue.add(trainRewardModel, newRun());
      await eventually("the second delivery", 10, () => attempts.length === 2);
      expect(attempts).toEqual([1, 1]);
    });

    it("is delayed as asked", async () => {
      const started = Date.now();
      const input = newRun();
      await queue.add(trainRewardModel, input, { delaySeconds: 1 });
      expect(await queue.state(trainRewardModel, input)).toBe("delayed");
      let at = 0;
      await work({
        "train-reward-model": async () => {
          at = Date.now();
        },
      });
      await eventually("the delivery", 10, () => at > 0);
      expect(at - started).toBeGreaterThanOrEqual(990);
    });

    it("is taken back before it starts, not while it runs", async () => {
      const input = newRun();
      await queue.add(trainRewardModel, input);
      expect(await queue.cancel(trainRewardModel, input)).toBe("removed");
      expect(await queue.cancel(trainRewardModel, input)).toBe("absent");
      let handled = 0;
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      await work({
        "train-reward-model": async () => {
          handled += 1;
          await gate;
        },
      });
      expect((await queue.add(trainRewardModel, input)).added).toBe(true);
      await eventually("the start", 10, () => handled === 1);
      expect(await queue.cancel(trainRewardModel, input)).toBe("running");
      open();
    });
  });

  describe("a schedule", () => {
    it("delivers its job at its times until it is ended", async () => {
      const projectId = newProject();
      const times: number[] = [];
      await work({
        "consider-retraining": async (input) => void (input.projectId === projectId && times.push(Date.now())),
      });
      const input = { projectId, because: "schedule" as const };
      const { next } = await queue.schedule(
        considerRetraining,
        projectId,
        { pattern: "* * * * * *", timezone: "UTC" },
        input,
      );
      expect(next.getTime() - Date.now()).toBeLessThanOrEqual(1000);
      await eventually("three deliveries", 15, () => times.length >= 3);
      expect(await queue.unschedule(considerRetraining, projectId)).toBe(true);
      await sleep(1200);
      const ended = times.length;
      await sleep(2500);
      expect(times.length).toBe(ended);
      expect(await queue.unschedule(considerRetraining, projectId)).toBe(false);
    }, 30_000);

    it("is read in its time zone and replaced by the next of its id", async () => {
      const projectId = newProject();
      const input = { projectId, because: "schedule" as const };
      await queue.schedule(considerRetraining, projectId, { pattern: "0 3 * * *", timezone: "UTC" }, input);
      const { next } = await queue.schedule(
        considerRetraining,
        projectId,
        { pattern: "30 4 * * 1", timezone: "Asia/Kolkata" },
        input,
      );
      expect(next.toISOString()).toMatch(/T23:00:00.000Z$/);
      expect(next.getUTCDay()).toBe(0);
      const found = (await queue.schedules(considerRetraining)).get(projectId);
      expect(found).toEqual({ pattern: "30 4 * * 1", timezone: "Asia/Kolkata", next });
      await queue.unschedule(considerRetraining, projectId);
    });

    it.each([
      ["99 * * * *", "UTC", "not a cron pattern"],
      ["every day", "UTC", "2 fields"],
      ["", "UTC", "fields"],
      ["0 3 * * *", "Mars/Olympus", "not a time zone"],
      ["0 0 31 2 *", "UTC", "not a cron pattern"],
    ])("of %j in %s is refused: %s", async (pattern, timezone, problem) => {
      const projectId = newProject();
      const refused = queue.schedule(
        considerRetraining,
        projectId,
        { pattern, timezone },
        { projectId, because: "schedule" },
      );
      await expect(refused).rejects.toBeInstanceOf(InvalidSchedule);
      await expect(refused).rejects.toThrow(problem);
      expect((await queue.schedules(considerRetraining)).has(projectId)).toBe(false);
    });
  });

  describe("a worker", () => {
    it("that stops gives its running job back, and the attempt does not count", async () => {
      const input = newRun();
      let reason: unknown;
      await queue.add(trainRewardModel, input);
      const first = await work({
        "train-reward-model": (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              reason = signal.reason;
              reject(new Error("stopped in the middle"));
            });
          }),
      });
      await eventually("the start", 10, () => seen.some((event) => event.type === "started"));
      await first.close();
      expect(reason).toBeInstanceOf(WorkerStopping);
      expect(seen.map(({ type }) => type)).toContain("returned");
      expect(await queue.state(trainRewardModel, input)).toBe("waiting");
      const attempts: number[] = [];
      await work({ "train-reward-model": async (_, { attempt }) => void attempts.push(attempt) });
      await eventually("the next delivery", 10, () => attempts.length > 0);
      expect(attempts).toEqual([1]);
    });

    it("killed with -9 leaves its job to the next within 30 s, and the attempt does not count", async () => {
      const input = newRun();
      const script = join(import.meta.dirname, "hanging-worker.ts");
      const doomed = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(store.connection)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await queue.add(trainRewardModel, input);
      const [line] = await once(doomed.stdout, "data");
      expect(`${line}`).toBe(`took ${input.runId}\n`);
      doomed.kill("SIGKILL");
      await once(doomed, "exit");
      const killedAt = Date.now();
      const attempts: number[] = [];
      await work({ "train-reward-model": async (_, { attempt }) => void attempts.push(attempt) });
      await eventually("the next delivery", 35, () => attempts.length > 0);
      expect((Date.now() - killedAt) / 1000).toBeLessThan(31);
      expect(attempts).toEqual([1]);
    }, 60_000);
  });

  describe("the store", () => {
    it("killed with -9 keeps every job; producer and worker find it again by themselves", async () => {
      const [before, during, after] = [newRun(), newRun(), newRun()];
      const done: string[] = [];
      await queue.add(trainRewardModel, before);
      await work({
        "train-reward-model": async ({ runId }) => {
          if (runId === during.runId && !done.includes("killed")) {
            await store.kill();
            done.push("killed");
            await expect(queue.add(trainRewardModel, after)).rejects.toBeInstanceOf(QueueUnreachable);
            await sleep(500);
            await store.restart();
          }
          done.push(runId);
        },
      });
      await eventually("the job before", 10, () => done.includes(before.runId));
      await queue.add(trainRewardModel, during);
      await eventually("the kill and the job that saw it", 40, () => done.includes(during.runId));
      await eventually("the producer", 20, () =>
        queue.add(trainRewardModel, after).then(
          () => true,
          () => false,
        ),
      );
      await eventually("the job after", 40, () => done.includes(after.runId));
      expect(seen.filter((event) => event.type === "failed" && event.final)).toEqual([]);
    }, 120_000);

    it("that is not up yet is waited for by a worker, and a closed worker stops waiting", async () => {
      await store.kill();
      const workers = createWorkers({
        ...store.connection,
        services: {},
        handlers: {
          "import-file": async () => {},
          "train-reward-model": async () => {},
          "consider-retraining": async () => {},
        },
      });
      const impatient = createWorkers({
        ...store.connection,
        services: {},
        handlers: {
          "import-file": async () => {},
          "train-reward-model": async () => {},
          "consider-retraining": async () => {},
        },
      });
      await sleep(1000);
      await impatient.close();
      await store.restart();
      await workers.ready;
      await workers.close();
    }, 60_000);
  });
}
