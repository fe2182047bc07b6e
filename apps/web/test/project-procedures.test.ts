import { aProject, rankAll } from "@borda/database/testing";
import { importFile } from "@borda/queue";
import { describe, expect, it } from "vitest";
import type { ZodError } from "zod";
import { projectsRouter } from "@/features/projects/server/router";
import { createCaller } from "@/server/trpc";
import { withHouse } from "./house";

const house = withHouse();
const anAdmin = async () => createCaller(projectsRouter)(await house.anAdmin());
const form = { name: "Summaries", guidelines: "# Rank\n\n*Shorter* wins.", kMin: 3, kMax: 6, rankingsWanted: 2 };

describe("a project", () => {
  it("is made with its name, guidelines, range of completions and rankings wanted", async () => {
    const { projectId } = await (await anAdmin()).create(form);
    expect(await house.db.projects.get(projectId)).toMatchObject(form);
  });

  it.each([
    [{ kMin: 1 }, "kMin"],
    [{ kMax: 10 }, "kMax"],
    [{ kMin: 5, kMax: 4 }, "kMax"],
    [{ kMax: 4.5 }, "kMax"],
    [{ rankingsWanted: 0 }, "rankingsWanted"],
    [{ name: "  " }, "name"],
  ])("with %j is refused by its field, and not made", async (wrong, field) => {
    const admin = await anAdmin();
    const before = await admin.list();
    const refused = await admin.create({ ...form, ...wrong }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "BAD_REQUEST" });
    expect((refused as { cause: ZodError }).cause.issues.map(({ path }) => path[0])).toContain(field);
    expect(await admin.list()).toEqual(before);
  });

  it("is listed with what came in and how much of it is new", async () => {
    const { project, labelers } = await aProject(house.db, { prompts: 4, k: 3 });
    await rankAll(house.db, project.id, labelers[0]!);
    const { projects } = await (await anAdmin()).list();
    expect(projects.find(({ id }) => id === project.id)).toMatchObject({
      ...{ prompts: 4, rankings: 4, comparisons: 12, newComparisons: 12, labelers: 1 },
      ...{ publishedId: null, accuracy: null },
    });
  });
});

describe("the demo", () => {
  it("is one call: a project whose file waits to be read as every other", async () => {
    const { projectId } = await (await anAdmin()).loadDemo();
    expect((await house.db.projects.get(projectId)).guidelines).toMatch(/unacceptable from here down/);
    const [demo, ...others] = await house.db.imports.list(projectId);
    expect(others).toEqual([]);
    expect(demo).toMatchObject({ fileName: "demo.jsonl", state: "QUEUED" });
    expect(await house.queue.state(importFile, { importId: demo!.id })).toBe("waiting");
    expect(await house.storage.stat(demo!.fileKey)).toMatchObject({ bytes: demo!.bytes });
  });
});
