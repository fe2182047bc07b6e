import { aProject } from "@borda/database/testing";
import { importFile } from "@borda/queue";
import { beforeAll, describe, expect, it } from "vitest";
import { importUpload } from "@/features/imports/server/import-upload";
import { importsRouter } from "@/features/imports/server/router";
import type { Context } from "@/server/context";
import { createCaller } from "@/server/trpc";
import { withHouse } from "./house";

const house = withHouse();
let context: Context;
beforeAll(async () => {
  context = await house.anAdmin();
});
const admin = () => createCaller(importsRouter)(context);

async function anUpload(source: AsyncIterable<Uint8Array>, maxBytes = 100) {
  const { id: projectId } = (await aProject(house.db, { prompts: 0 })).project;
  const upload = { projectId, fileName: "rows.jsonl", source, maxBytes, createdBy: context.user!.id };
  return { projectId, imported: importUpload(context, upload) };
}
async function* bytes(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe("an import", () => {
  it("is a stored file and a job that waits", async () => {
    const { projectId, imported } = await anUpload(bytes('{"prompt"', ': "Why?"}\n'));
    const { importId } = await imported;
    expect(await admin().get({ importId })).toMatchObject({ state: "QUEUED", bytes: 19, bytesRead: 0, format: null });
    expect((await admin().list({ projectId })).map(({ id }) => id)).toContain(importId);
    expect(await house.queue.state(importFile, { importId })).toBe("waiting");
  });

  it("that is cancelled before a worker takes it loses its job, and cannot be cancelled twice", async () => {
    const { importId } = await (await anUpload(bytes("x"))).imported;
    await admin().cancel({ importId });
    expect((await admin().get({ importId })).state).toBe("CANCELLED");
    expect(await house.queue.state(importFile, { importId })).toBe("absent");
    await expect(admin().cancel({ importId })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("shows its bad rows a page at a time, and its format by its title", async () => {
    const { importId } = await (await anUpload(bytes("x"))).imported;
    await house.db.imports.start(importId);
    const issue = (line: number) => ({ line, field: "prompt", problem: "is missing", remedy: "Add it." });
    await house.db.imports.addIssues(
      importId,
      Array.from({ length: 51 }, (_, index) => issue(index + 1)),
    );
    await house.db.imports.finish(importId, "hh");
    expect(await admin().get({ importId })).toMatchObject({ badRows: 51, format: "Anthropic HH pairs" });
    expect((await admin().issues({ importId })).issues).toHaveLength(50);
    expect(await admin().issues({ importId, page: 1 })).toEqual({ issues: [issue(51)], total: 51, pageSize: 50 });
  });
});

describe("an upload", () => {
  it.each([
    ["that is too large", bytes("12345", "678901"), 10, "TOO_LARGE"],
    ["that breaks off", breaksOff(), 100, "BROKEN"],
  ])("%s leaves neither an import nor a file", async (_, source, maxBytes, code) => {
    const { projectId, imported } = await anUpload(source, maxBytes);
    await expect(imported).rejects.toMatchObject({ code });
    const [only, ...others] = await admin().list({ projectId });
    expect([only?.fileName, others]).toEqual(["prompts.jsonl", []]);
  });
});

async function* breaksOff() {
  yield Buffer.from("{");
  throw Object.assign(new Error("the browser went away"), { code: "BROKEN" });
}
