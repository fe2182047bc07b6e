import { aProject } from "@borda/database/testing";
import { ImportId } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { importsRouter } from "@/features/imports/server/router";
import { overviewRouter } from "@/features/overview/server/router";
import { projectsRouter } from "@/features/projects/server/router";
import { settingsRouter } from "@/features/settings/server/router";
import { createCaller, router } from "@/server/trpc";
import { withHouse } from "./house";

const house = withHouse();
const pages = router({
  imports: importsRouter,
  overview: overviewRouter,
  projects: projectsRouter,
  settings: settingsRouter,
});
const anAdmin = async () => createCaller(pages)(await house.anAdmin());

describe("an archived project", () => {
  it("is listed apart until it is restored", async () => {
    const admin = await anAdmin();
    const { id: projectId, name } = (await aProject(house.db)).project;
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
    const { id: projectId, name } = (await aProject(house.db)).project;
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
  const { id: projectId } = (await aProject(house.db)).project;
  const { pace } = await admin.overview.get({ projectId });
  expect([pace.length, pace.every(({ rankings }) => rankings === 0)]).toEqual([14, true]);
  const [read] = await house.db.imports.list(projectId);
  const issues = await admin.imports.issues({ importId: ImportId.parse(read!.id) });
  expect(issues).toEqual({ issues: [], total: 0, pageSize: 50 });
});
