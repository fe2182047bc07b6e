import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { RankedGroup } from "@borda/database";
import { aProject, aUser, rankAll, withTestDatabase } from "@borda/database/testing";
import { type DatasetRow, keyOf, openDataset, textHash } from "@borda/datasets";
import type { ProjectId } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { GET } from "@/app/api/projects/[projectId]/export/route";
import { withVisitors } from "./visitors";

// The route as the web server calls it, on a real database.
const given = withTestDatabase();
const { cookies, request } = withVisitors(given);

function ask(projectId: string, query: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  return GET(request(`/api/projects/${projectId}/export${query}`, init, headers), {
    params: Promise.resolve({ projectId }),
  });
}
const problemOf = async (reply: Response) => {
  const { code, message } = (await reply.json()) as { code: string; message: string };
  return [reply.status, code, message];
};
async function linesOf<T>(reply: Promise<Response>): Promise<T[]> {
  const text = await (await reply).text();
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as T]));
}
const jsonLines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Reads a file into a project as the worker does, and tells what was new. */
async function importInto(projectId: ProjectId, text: string) {
  const { imports } = given.db;
  const file = { projectId, fileName: "f.jsonl", fileKey: randomUUID(), bytes: text.length };
  const { id } = await imports.create({ ...file, createdBy: await aUser(given.db, "ADMIN") });
  await imports.queue(id);
  await imports.start(id);
  const rows: DatasetRow[] = [];
  const { format, events } = await openDataset(
    (async function* () {
      yield Buffer.from(text);
    })(),
  );
  for await (const event of events) {
    if (event.type === "issue") throw new Error(JSON.stringify(event.issue));
    rows.push(event.row);
  }
  const batch = rows.map(({ group: { prompt, completions, rankings } }) => ({
    ...{ prompt, rankings, contentHash: keyOf(prompt) },
    completions: completions.map(({ text, model }) => ({ text, model, textHash: textHash(text) })),
  }));
  const added = await imports.addBatch(id, batch, { bytesRead: text.length, rowsRead: rows.length });
  await imports.finish(id, format.name);
  return added;
}

async function groupsIn(projectId: ProjectId): Promise<RankedGroup["group"][]> {
  const found = [];
  for await (const { group } of given.db.rankings.frozenGroups(projectId, { prompts: "all" }))
    found.push({ ...group, rankings: group.rankings.toSorted((p, q) => (p.labeler < q.labeler ? -1 : 1)) });
  return found;
}

/** A chat and texts; two members of one name, imported labelers, a tie, a line, a prompt that nobody ranked. */
async function aRankedProject() {
  const settings = { name: "Ada's (first) project: ünï/côdé", rankingsWanted: 2 };
  const { project } = await aProject(given.db, { prompts: 0, labelers: 0, settings });
  const texts = [0, 1].map((p) => ({
    prompt: `Question ${p}`,
    completions: ["a", "b", "c"].map((c) => `${c} of ${p}`),
  }));
  await importInto(project.id, jsonLines(texts));
  for (let i = 0; i < 2; i++) {
    const userId = await aUser(given.db);
    const { id } = await given.db.labelers.add({ projectId: project.id, userId, name: "Ada" });
    await rankAll(given.db, project.id, id);
  }
  const chat = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi 👋" },
  ];
  const completions = [{ text: "Hello.\n", model: "tall" }, { text: "Go away." }, { text: "…" }];
  const rows = [
    { prompt: chat, completions, tiers: [[0], [1, 2]], unacceptable_from: 1, labeler: "mara" },
    { prompt: chat, completions, tiers: [[2], [0]], labeler: "joe" },
    { prompt: "Nobody ranked this.", completions },
  ];
  await importInto(project.id, jsonLines(rows));
  return { project, chat, completions };
}

describe("an export", () => {
  it("of rankings gives another project the same, and adds nothing to its own", async () => {
    const { project } = await aRankedProject();
    const reply = await ask(project.id, "?as=borda");
    expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/jsonl"]);
    const text = await reply.text();
    const before = await groupsIn(project.id);
    const other = (await aProject(given.db, { prompts: 0 })).project;
    expect(await importInto(other.id, text)).toEqual({ prompts: 4, completions: 12, rankings: 6 });
    expect(await groupsIn(other.id)).toEqual(before);
    expect(await importInto(project.id, text)).toEqual({ prompts: 0, completions: 0, rankings: 0 });
    expect(await groupsIn(project.id)).toEqual(before);
  });

  it("has the prompts that nobody ranked, unless they are not wanted", async () => {
    const { project } = await aRankedProject();
    const all = await linesOf<{ prompt: unknown; labeler?: string }>(ask(project.id, "?as=borda"));
    expect(all).toHaveLength(7);
    const ranked = await linesOf(ask(project.id, "?as=borda&ranked=1"));
    expect(ranked).toEqual(all.filter(({ labeler }) => labeler !== undefined));
  });

  it("of comparisons has a line for each pair in different tiers, and none for a tie", async () => {
    const { project, chat } = await aRankedProject();
    const lines = await linesOf<{ prompt: unknown; labeler: string }>(ask(project.id, "?as=comparisons"));
    expect(lines).toHaveLength((await given.db.projects.stats(project.id)).comparisons);
    const ofChat = lines.filter(({ prompt }) => typeof prompt !== "string");
    expect(ofChat).toHaveLength(3);
    // Two imported rankings are of one moment, and come in either order.
    expect(ofChat).toEqual(
      expect.arrayContaining([
        { prompt: chat, chosen: answer("Hello.\n"), rejected: answer("Go away."), labeler: "mara" },
        { prompt: chat, chosen: answer("Hello.\n"), rejected: answer("…"), labeler: "mara" },
        { prompt: chat, chosen: answer("…"), rejected: answer("Hello.\n"), labeler: "joe" },
      ]),
    );
    expect(lines[0]).toEqual({
      prompt: "Question 0",
      chosen: expect.stringMatching(/^[abc] of 0$/),
      rejected: expect.stringMatching(/^[abc] of 0$/),
      labeler: expect.stringMatching(/^Ada \([0-9a-f]{12}\)$/),
    });
  });

  it("is named by the project and the day, and is had of an archived project too", async () => {
    const { project } = await aRankedProject();
    await given.db.projects.archive(project.id);
    const reply = await ask(project.id, "?as=comparisons");
    const day = new Date().toISOString().slice(0, 10);
    const [, name] = /^attachment; filename\*=UTF-8''([^'()* ]+)$/.exec(reply.headers.get("content-disposition")!)!;
    expect(decodeURIComponent(name!)).toBe(`${project.name} comparisons ${day}.jsonl`);
    expect((await reply.text()).length).toBeGreaterThan(0);
  });

  it("of a project without prompts is an empty file", async () => {
    const { project } = await aProject(given.db, { prompts: 0 });
    expect(await (await ask(project.id, "?as=borda")).text()).toBe("");
  });

  it("is refused to all but admins, and says what a wrong question lacks", async () => {
    const { project } = await aProject(given.db, { prompts: 1 });
    const refused = async (headers: Record<string, string>) =>
      (await problemOf(await ask(project.id, "?as=borda", headers))).slice(0, 2);
    expect(await refused({ cookie: "" })).toEqual([401, "UNAUTHORIZED"]);
    expect(await refused({ cookie: cookies.LABELER })).toEqual([403, "FORBIDDEN"]);
    expect(await refused({ origin: "https://evil.example" })).toEqual([403, "FOREIGN_ORIGIN"]);
    expect((await problemOf(await ask(randomUUID(), "?as=borda"))).slice(0, 2)).toEqual([404, "NOT_FOUND"]);
    for (const query of ["", "?as=", "?as=csv"])
      expect(await problemOf(await ask(project.id, query))).toEqual([
        400,
        "INVALID_INPUT",
        "as says which file: write as=borda or as=comparisons.",
      ]);
    expect(await problemOf(await ask(project.id, "?as=borda&ranked=yes"))).toEqual([
      400,
      "INVALID_INPUT",
      expect.stringMatching(/^ranked .* write ranked=1/),
    ]);
  });
});

describe("a large export", () => {
  const open = () =>
    given.db.prisma.$queryRaw<{ pid: number }[]>`
      SELECT pid FROM pg_stat_activity WHERE application_name = 'borda frozen' AND datname = current_database()`;
  const allClosed = async () => {
    while ((await open()).length > 0) await pause(10);
  };

  it("breaks off when the database does, and does not end as if it were whole", async () => {
    const { project } = await aProject(given.db, { prompts: 2000, k: 4 });
    const reply = await ask(project.id, "?as=borda");
    expect(reply.status).toBe(200);
    const [{ pid }] = (await open()) as [{ pid: number }];
    await given.db.prisma.$queryRaw`SELECT pg_terminate_backend(${pid}::int)`;
    await expect(reply.text()).rejects.toThrow(/database does not answer/);
  });

  it("lets its connection go when the browser leaves, or asks for the head alone", async () => {
    const { project } = await aProject(given.db, { prompts: 2000, k: 4 });
    const reply = await ask(project.id, "?as=borda");
    const reader = reply.body!.getReader();
    await reader.read();
    expect(await open()).toHaveLength(1);
    await reader.cancel();
    await allClosed();
    const head = await ask(project.id, "?as=borda", {}, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    await allClosed();
  });
});

const answer = (content: string) => [{ role: "assistant", content }];
