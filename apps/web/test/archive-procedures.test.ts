import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { aProject, aUser, withTestDatabase } from "@borda/database/testing";
import { ImportId } from "@borda/preferences";
import { createQueue, type Queue } from "@borda/queue";
import { createStorage } from "@borda/storage";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importsRouter } from "@/features/imports/server/router";
import { overviewRouter } from "@/features/overview/server/router";
import { projectsRouter } from "@/features/projects/server/router";
import { settingsRouter } from "@/features/settings/server/router";
import { createCaller, router } from "@/server/trpc";

const given = withTestDatabase();
const pages = router({
  imports: importsRouter,
  overview: overviewRouter,
  projects: projectsRouter,
  settings: settingsRouter,
});
let queue: Queue;
let folder: string;
beforeAll(async () => {
  queue = createQueue({ databaseUrl: given.url });
  folder = await mkdtemp(path.join(tmpdir(), "borda-"));
});
afterAll(async () => {
  await queue.close();
  await rm(folder, { recursive: true });
});

async function anAdmin() {
  return createCaller(pages)({
    database: given.db,
    queue,
    storage: createStorage(folder),
    log: pino({ level: "silent" }),
    retraining: { rankingStored: () => {} },
    user: { id: await aUser(given.db, "ADMIN"), name: "Ada", email: "ada@borda.test", role: "ADMIN" },
  });
}

describe("an archived project", () => {
  it("is listed apart until it is restored", async () => {
    const admin = await anAdmin();
    const { id: projectId, name } = (await aProject(given.db)).project;
    await admin.settings.archive({ projectId });
    const away = await admin.projects.list();
    expect(away.archived).toEqual([{ id: projectId, name, archivedAt: expect.any(Date) }]);
    expect(away.projects.map(({ id }) => id)).not.toContain(projectId);
    await admin.settings.restore({ projectId });
    const back = await admin.projects.list();
    expect([back.archived, back.projects.map(({ id }) => id)]).toEqual([[], [projectId]]);
  });

  it("is deleted by its name, and no project is deleted that was not archived", async () => {
    const admin = await anAdmin();
    const { id: projectId, name } = (await aProject(given.db)).project;
    const conflict = (message: RegExp) =>
      expect.objectContaining({ code: "CONFLICT", message: expect.stringMatching(message) });
    await expect(admin.settings.delete({ projectId, name })).rejects.toEqual(conflict(/Archive the project first/));
    await admin.settings.archive({ projectId });
    await expect(admin.settings.delete({ projectId, name: "no" })).rejects.toEqual(conflict(/does not match/));
    await admin.settings.delete({ projectId, name });
    await expect(admin.settings.get({ projectId })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

it("an overview paces the last 14 days, and an import without bad rows lists none", async () => {
  const admin = await anAdmin();
  const { id: projectId } = (await aProject(given.db)).project;
  const { pace } = await admin.overview.get({ projectId });
  expect([pace.length, pace.every(({ rankings }) => rankings === 0)]).toEqual([14, true]);
  const [read] = await given.db.imports.list(projectId);
  const issues = await admin.imports.issues({ importId: ImportId.parse(read!.id) });
  expect(issues).toEqual({ issues: [], total: 0, pageSize: 50 });
});
