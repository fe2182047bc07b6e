import { randomUUID } from "node:crypto";
import { aProject, withTestDatabase } from "@borda/database/testing";
import { Recipe, type RunEvent } from "@borda/preferences";
import { describe, expect, it, vi } from "vitest";
import { POST as authenticate } from "@/app/api/auth/[...all]/route";
import { GET as downloadIssues } from "@/app/api/imports/[importId]/issues/route";
import { POST as preview } from "@/app/api/imports/preview/route";
import { POST as upload } from "@/app/api/imports/route";
import { GET as callProcedure } from "@/app/api/trpc/[trpc]/route";
import { password, signIn, web, withVisitors } from "./visitors";

// Where better-auth believes that it is tested it leaves the origin of a request unchecked; it looks when it is loaded.
vi.hoisted(() => Object.assign(process.env, { NODE_ENV: "production", TEST: "" }));

// The routes as the web server calls them, with its own sign-in, on a real database.
const given = withTestDatabase();
const { cookies, request } = withVisitors(given);
const post = (address: string, body: string, headers?: Record<string, string>) =>
  request(address, { method: "POST", body }, headers);
const codeOf = async (reply: Response) => [reply.status, ((await reply.json()) as { code: string }).code];

const rows = `${JSON.stringify({ prompt: "Why?", completions: [{ text: "a" }, { text: "b" }], tiers: [[1], [0]], labeler: "mara" })}\n{"prompt": "No completions"}\n`;

describe("signing in", () => {
  it("gives a session in a cookie that no script can read", async () => {
    const reply = await signIn("admin@borda.test", password);
    expect(reply.status).toBe(200);
    expect(reply.headers.getSetCookie()[0]).toMatch(/^borda\.session_token=.+; HttpOnly; SameSite=Lax/);
  });

  it("is refused with a wrong password, and for a page of another site", async () => {
    expect((await signIn("admin@borda.test", "not-the-password")).status).toBe(401);
    const foreign = await signIn("admin@borda.test", password, { origin: "https://evil.example", cookie: "a=b" });
    expect(foreign.status).toBe(403);
    expect(foreign.headers.getSetCookie()).toEqual([]);
  });

  it("is refused for a while after 20 attempts at one account, wherever they come from", async () => {
    const email = "victim@borda.test";
    const attempts = Array.from({ length: 21 }, (_, i) =>
      signIn(email, "a-guess-at-random", { origin: web, "x-forwarded-for": `10.0.0.${i}` }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  });

  it("is the only way in: nobody makes an account without an invitation", async () => {
    const body = JSON.stringify({ email: "eve@borda.test", password, name: "Eve" });
    const headers = { "content-type": "application/json", origin: web };
    const reply = await authenticate(new Request(`${web}/api/auth/sign-up/email`, { method: "POST", headers, body }));
    expect(reply.ok).toBe(false);
    expect(await given.db.users.byEmail("eve@borda.test")).toBeNull();
  });
});

describe("a file", () => {
  it("is recognised and shown with its first rows, before anything of it is stored", async () => {
    const other = rows.replace('"labeler"', '"source": 1, "labeler"');
    const reply = await preview(post("/api/imports/preview", other));
    const {
      format,
      ignored,
      rows: shown,
      issues,
    } = (await reply.json()) as {
      format: { name: string };
      ignored: string[];
      rows: { prompt: string; rankings: unknown }[];
      issues: { line: number; field: string; remedy: string }[];
    };
    expect(format.name).toBe("borda");
    expect(ignored).toEqual(["source"]);
    expect(shown).toMatchObject([{ prompt: "Why?", rankings: [{ labeler: "mara", tiers: [[1], [0]] }] }]);
    expect(issues).toMatchObject([{ line: 2, field: "completions", remedy: expect.stringMatching(/./) }]);
    expect(await given.db.prisma.import.count()).toBe(0);
    expect(await given.db.prisma.prompt.count()).toBe(0);
    expect(await codeOf(await preview(post("/api/imports/preview", "no dataset")))).toEqual([422, "UNKNOWN_FORMAT"]);
  });

  it("is taken from an admin's own page only, up to a size", async () => {
    const { id: projectId } = (await aProject(given.db, { prompts: 0 })).project;
    const to = `/api/imports?${new URLSearchParams({ projectId, fileName: "rows.jsonl" })}`;
    const before = await given.db.imports.list(projectId);
    expect(await codeOf(await upload(post(to, rows, { cookie: "" })))).toEqual([401, "UNAUTHORIZED"]);
    expect(await codeOf(await upload(post(to, rows, { cookie: cookies.LABELER })))).toEqual([403, "FORBIDDEN"]);
    const foreign = { origin: "https://evil.example" };
    expect(await codeOf(await upload(post(to, rows, foreign)))).toEqual([403, "FOREIGN_ORIGIN"]);
    expect(await codeOf(await upload(post(to, "x".repeat(100_001))))).toEqual([413, "TOO_LARGE"]);
    const nowhere = to.replace(projectId, randomUUID());
    expect(await codeOf(await upload(post(nowhere, rows)))).toEqual([404, "NOT_FOUND"]);
    expect(await given.db.imports.list(projectId)).toEqual(before);

    const reply = await upload(post(to, rows));
    expect(reply.status).toBe(201);
    const { importId } = (await reply.json()) as { importId: string };
    expect((await given.db.imports.list(projectId))[0]).toMatchObject({ id: importId, state: "QUEUED" });
  });

  it("gives its bad rows back as a download", async () => {
    const { id: projectId } = (await aProject(given.db)).project;
    const [read] = await given.db.imports.list(projectId);
    const issue = { line: 2, field: "completions", problem: "is missing", remedy: "Add it." };
    await given.db.imports.addIssues(read!.id, [issue]);
    const download = (as: string, headers = {}) =>
      downloadIssues(request(`/api/imports/${read!.id}/issues?as=${as}`, {}, headers), {
        params: Promise.resolve({ importId: read!.id }),
      });
    const lines = await download("jsonl");
    expect(lines.headers.get("content-disposition")).toContain("prompts.issues.jsonl");
    expect(JSON.parse(await lines.text())).toEqual(issue);
    expect(await (await download("csv")).text()).toBe(
      "line,field,problem,remedy\r\n2,completions,is missing,Add it.\r\n",
    );
    expect((await download("csv", { cookie: cookies.LABELER })).status).toBe(403);
  });
});

describe("a run, watched over server-sent events", () => {
  const said = (message: string): RunEvent => ({ type: "log", level: "info", message });

  it("comes as it happens, and a connection that broke goes on after the last event it saw", async () => {
    const { project } = await aProject(given.db);
    const run = { projectId: project.id, recipe: Recipe.parse({}), trigger: "manual", createdBy: null } as const;
    const { id: runId } = await given.db.runs.create(run);
    await given.db.runs.appendEvents(runId, [said("one")]);
    const input = encodeURIComponent(JSON.stringify({ json: { runId } }));
    const watch = async (headers: Record<string, string> = {}) => {
      const stop = new AbortController();
      const address = `/api/trpc/training.follow?input=${input}`;
      const reply = await callProcedure(
        request(address, { signal: stop.signal }, { accept: "text/event-stream", ...headers }),
      );
      expect(reply.headers.get("content-type")).toContain("text/event-stream");
      return { next: readerOf(reply), stop: () => stop.abort() };
    };
    const first = await watch();
    expect((await first.next("one")).text).not.toContain("two");
    await given.db.runs.appendEvents(runId, [said("two")]);
    const { id } = await first.next("two");
    first.stop();
    await given.db.runs.appendEvents(runId, [said("three")]);
    const again = await watch({ "last-event-id": id });
    expect((await again.next("three")).text).not.toMatch(/"one"|"two"/);
    again.stop();
  });

  it("is refused to a labeler and to another site's page", async () => {
    const address = `/api/trpc/training.runs?input=${encodeURIComponent(JSON.stringify({ json: {} }))}`;
    expect((await callProcedure(request(address, {}, { cookie: cookies.LABELER }))).status).toBe(403);
    expect((await callProcedure(request(address, {}, { origin: "https://evil.example" }))).status).toBe(403);
    expect((await callProcedure(request(address, {}, { cookie: "" }))).status).toBe(401);
  });
});

/** Reads a stream of events until one holds `word`: all that came since the last call, and the last event's id. */
function readerOf(reply: Response): (word: string) => Promise<{ text: string; id: string }> {
  const chunks = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  return async (word) => {
    let text = "";
    while (!text.includes(`"${word}"`) || !text.endsWith("\n\n")) {
      const { value, done } = await chunks.read();
      if (done) throw new Error(`The stream ended before ${word}: ${text}`);
      text += value;
    }
    return {
      text,
      id:
        text
          .match(/^id: (.+)$/gm)
          ?.at(-1)
          ?.slice(4) ?? "",
    };
  };
}
