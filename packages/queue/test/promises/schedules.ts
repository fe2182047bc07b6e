import { describe, expect, it } from "vitest";
import { considerRetraining, InvalidSchedule } from "../../src";
import { backendOf } from "../../src/backend";
import { eventually } from "../../src/testing";
import { type Lane, newProject } from "../lane";

/** What a schedule is promised. */
export function promisesToSchedules(lane: Lane): void {
  describe("a schedule", () => {
    it("delivers its job at its times until it is ended", async () => {
      const projectId = newProject();
      const times: number[] = [];
      await lane.work({
        "consider-retraining": async (input) => void (input.projectId === projectId && times.push(Date.now())),
      });
      const input = { projectId, because: "schedule" as const };
      const { next } = await lane.queue.schedule(
        considerRetraining,
        projectId,
        { pattern: "* * * * * *", timezone: "UTC" },
        input,
      );
      expect(next.getTime() - Date.now()).toBeLessThanOrEqual(1000);
      await eventually("three deliveries", 15, () => times.length >= 3);
      expect(await lane.queue.unschedule(considerRetraining, projectId)).toBe(true);
      const left = backendOf(lane.store.connection).queue("consider-retraining");
      const toCome = () => left.getJobCountByTypes("waiting", "delayed", "active", "prioritized");
      await eventually("the end of what was under way", 10, async () => (await toCome()) === 0);
      await left.close();
      expect(await lane.queue.unschedule(considerRetraining, projectId)).toBe(false);
    }, 30_000);

    it("is read in its time zone and replaced by the next of its id", async () => {
      const projectId = newProject();
      const input = { projectId, because: "schedule" as const };
      await lane.queue.schedule(considerRetraining, projectId, { pattern: "0 3 * * *", timezone: "UTC" }, input);
      const { next } = await lane.queue.schedule(
        considerRetraining,
        projectId,
        { pattern: "30 4 * * 1", timezone: "Asia/Kolkata" },
        input,
      );
      expect(next.toISOString()).toMatch(/T23:00:00.000Z$/);
      expect(next.getUTCDay()).toBe(0);
      const found = (await lane.queue.schedules(considerRetraining)).get(projectId);
      expect(found).toEqual({ pattern: "30 4 * * 1", timezone: "Asia/Kolkata", next });
      await lane.queue.unschedule(considerRetraining, projectId);
    });

    it.each([
      ["99 * * * *", "UTC", "not a cron pattern"],
      ["every day", "UTC", "2 fields"],
      ["", "UTC", "fields"],
      ["0 3 * * *", "Mars/Olympus", "not a time zone"],
      ["0 0 31 2 *", "UTC", "not a cron pattern"],
    ])("of %j in %s is refused: %s", async (pattern, timezone, problem) => {
      const projectId = newProject();
      const refused = lane.queue.schedule(
        considerRetraining,
        projectId,
        { pattern, timezone },
        { projectId, because: "schedule" },
      );
      await expect(refused).rejects.toBeInstanceOf(InvalidSchedule);
      await expect(refused).rejects.toThrow(problem);
      expect((await lane.queue.schedules(considerRetraining)).has(projectId)).toBe(false);
    });
  });
}
