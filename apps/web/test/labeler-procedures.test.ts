import { aProject, aUser } from "@borda/database/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { accountsRouter } from "@/features/accounts/server/router";
import { labelersRouter } from "@/features/labelers/server/router";
import { labelingRouter } from "@/features/labeling/server/router";
import { createCaller, router } from "@/server/trpc";
import { stubEnvironment } from "./environment";
import { withHouse } from "./house";

const house = withHouse();
beforeAll(() => stubEnvironment({ DATABASE_URL: house.url, BORDA_WEB_URL: "https://borda.example.org" }));
afterAll(() => vi.unstubAllEnvs());
const pages = router({ accounts: accountsRouter, labelers: labelersRouter, labeling: labelingRouter });
const anAdmin = async () => createCaller(pages)(await house.anAdmin());
const aLabeler = async () => createCaller(pages)(house.labeler(await aUser(house.db)));
const tokenOf = (link: string) => new URL(link).pathname.replace("/invite/", "");

describe("an invitation by a link", () => {
  it("lets as many people in as it was made for, who then find the project with their progress", async () => {
    const admin = await anAdmin();
    const { id: projectId, name } = (await aProject(house.db, { prompts: 3 })).project;
    const { link } = await admin.labelers.createInvite({ projectId, days: 7, uses: 1 });
    expect(link).toMatch(/^https:\/\/borda\.example\.org\/invite\/[\w-]{32}$/);
    const labeler = await aLabeler();
    await labeler.accounts.joinByInvite({ token: tokenOf(link) });
    const progress = { done: 0, skipped: 0, remaining: 3 };
    expect(await labeler.labeling.myProjects()).toMatchObject([{ projectId, name, progress }]);
    await expect((await aLabeler()).accounts.joinByInvite({ token: tokenOf(link) })).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining("used up"),
    });
    expect(JSON.stringify(await house.db.prisma.invite.findMany())).not.toContain(tokenOf(link));
  });

  it("that was withdrawn or is too old lets nobody in, and says so", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    const { link: withdrawn } = await admin.labelers.createInvite({ projectId, days: 7, uses: 5 });
    await admin.labelers.revokeInvite({ inviteId: (await admin.labelers.invites({ projectId }))[0]!.id });
    const { link: old } = await admin.labelers.createInvite({ projectId, days: 1, uses: 5 });
    const yesterday = new Date(Date.now() - 1);
    await house.db.prisma.invite.updateMany({ where: { revokedAt: null }, data: { expiresAt: yesterday } });
    const labeler = await aLabeler();
    const join = (link: string) => labeler.accounts.joinByInvite({ token: tokenOf(link) });
    await expect(join(withdrawn)).rejects.toThrow(/was withdrawn\. Ask the project's admin/);
    await expect(join(old)).rejects.toThrow(/has expired\. Ask the project's admin/);
    expect(await labeler.labeling.myProjects()).toEqual([]);
  });
});

describe("the labelers of a project", () => {
  it("are its members, and apart from them the names in imported files, though they be the same", async () => {
    const admin = await anAdmin();
    const { project } = await aProject(house.db, { prompts: 2, labelers: 0 });
    const { labelerId } = await admin.labelers.join({ projectId: project.id });
    await rankAsImported(project.id, "Ada");
    const all = await admin.labelers.list({ projectId: project.id });
    expect(all.map(({ name, kind, rankings }) => [name, kind, rankings])).toEqual([
      ["Ada", "MEMBER", 0],
      ["Ada", "IMPORTED", 1],
    ]);
    await admin.labelers.remove({ labelerId });
    expect((await admin.labelers.list({ projectId: project.id })).map(({ kind }) => kind)).toEqual(["IMPORTED"]);
    const imported = all.find(({ kind }) => kind === "IMPORTED")!;
    await expect(admin.labelers.remove({ labelerId: imported.id })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

/** Brings in one row that is ranked by somebody of this name. */
async function rankAsImported(projectId: Parameters<typeof house.db.imports.list>[0], labeler: string): Promise<void> {
  const file = { projectId, fileName: "ranked.jsonl", fileKey: `uploads/${crypto.randomUUID()}`, bytes: 1 };
  const { id } = await house.db.imports.create({ ...file, createdBy: await aUser(house.db, "ADMIN") });
  await house.db.imports.queue(id);
  await house.db.imports.start(id);
  const completions = ["a", "b"].map((text) => ({ text, textHash: text }));
  const rankings = [{ labeler, tiers: [[0], [1]], unacceptableFrom: null }];
  const row = { prompt: "Which?", contentHash: crypto.randomUUID(), completions, rankings };
  await house.db.imports.addBatch(id, [row], { bytesRead: 1, rowsRead: 1 });
  await house.db.imports.finish(id, "borda");
}
