import { expect, test } from "vitest";
import { aProject, rankAll, withTestDatabase } from "../src/testing";
import { statement, submissionOf } from "./support";

const house = withTestDatabase();

test("20 labelers at once never exceed the overlap, and nobody ranks a prompt twice", async () => {
  const scene = { prompts: 40, k: 3, labelers: 20, settings: { rankingsWanted: 3 } };
  const { project, labelers } = await aProject(house.db, scene);
  const done = await Promise.all(labelers.map((labelerId) => rankAll(house.db, project.id, labelerId)));
  expect(done.reduce((sum, n) => sum + n)).toBe(120);
  const perPrompt = await statement(
    house.url,
    `SELECT count(*)::int AS rankings, count(DISTINCT "labelerId")::int AS labelers FROM "Ranking" WHERE "projectId" = $1 GROUP BY "promptId"`,
    [project.id],
  );
  expect(perPrompt).toHaveLength(40);
  expect(new Set(perPrompt.map(({ rankings, labelers }) => `${rankings} by ${labelers}`))).toEqual(new Set(["3 by 3"]));
});

test("20 labelers whose leases lapse, who repeat submits and skip, still never exceed it", async () => {
  const scene = { prompts: 30, k: 2, labelers: 20, settings: { rankingsWanted: 2, leaseSeconds: 1 } };
  const { project, labelers } = await aProject(house.db, scene);
  const restless = async (labelerId: (typeof labelers)[number], seed: number) => {
    for (let turn = 0; turn < 12; turn++) {
      const task = await house.db.tasks.next({ projectId: project.id, labelerId });
      if (!task) return;
      const mood = (seed * 7 + turn * 5) % 6;
      if (mood === 0)
        await statement(
          house.url,
          `UPDATE "Slot" SET "leasedAt" = now() - interval '9 s', "leaseExpiresAt" = now() - interval '1 s' WHERE id = $1 AND state = 'LEASED'`,
          [task.taskId],
        );
      else if (mood === 1)
        await house.db.tasks.skip({ taskId: task.taskId, labelerId, reason: "unclear" }).catch(expectLapsed);
      else {
        const submission = submissionOf(task, labelerId);
        const twice = [house.db.rankings.submit(submission), house.db.rankings.submit(submission)];
        for (const outcome of await Promise.allSettled(twice))
          if (outcome.status === "rejected") expectLapsed(outcome.reason);
      }
    }
  };
  await Promise.all(labelers.map(restless));
  const [worst] = await statement<{ most: number }>(
    house.url,
    `SELECT max(n)::int AS most FROM (SELECT count(*) AS n FROM "Ranking" WHERE "projectId" = $1 GROUP BY "promptId") t`,
    [project.id],
  );
  expect(worst!.most).toBeLessThanOrEqual(2);
});

function expectLapsed(error: unknown): void {
  expect(error).toMatchObject({ code: "LEASE_LAPSED" });
}
