import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Project } from "@borda/database";
import { importFile } from "@borda/queue";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, type House, openHouse } from "./house";
import { startWorkerProcess } from "./worker-process";

let house: House;
let stopWorkers: () => Promise<void>;
beforeAll(async () => {
  house = await openHouse();
  const worker = await house.work();
  stopWorkers = () => worker.stop();
}, 120_000);
afterAll(() => house?.close());

const lines = (...records: unknown[]) => `${records.map((record) => JSON.stringify(record)).join("\n")}\n`;
const issuesOf = async (importId: Parameters<House["imported"]>[0]) => {
  const issues = [];
  for await (const issue of house.database.imports.issues(importId)) issues.push(issue);
  return issues;
};
const bring = async (project: Project, name: string, content: string | Uint8Array) =>
  house.imported(await house.upload(project, name, content));

/** Borda's own lines: `count` prompts, each with two completions and a ranking of them. */
const bordaLines = (count: number, words = 3) =>
  lines(
    ...Array.from({ length: count }, (_, index) => ({
      prompt: `Question ${index}`,
      completions: [{ text: `good ${index} ${"word ".repeat(words)}` }, { text: `bad ${index}`, model: "m" }],
      tiers: [[0], [1]],
      labeler: "ann",
    })),
  );

/** Random, as an index would make room for one that repeats itself. */
const nameOf = (length: number) => randomBytes(length).toString("base64url").slice(0, length);

describe("a file comes in", () => {
  const tree = {
    message_tree_id: "t",
    tree_state: "ready_for_export",
    prompt: {
      message_id: "t",
      role: "prompter",
      text: "Why is the sky blue?",
      replies: [
        { message_id: "a", role: "assistant", text: "Rayleigh scattering.", rank: 0, replies: [] },
        { message_id: "b", role: "assistant", text: "Because.", rank: 1, replies: [] },
      ],
    },
  };
  const pandalm = [
    {
      idx: 0,
      instruction: "Add.",
      input: "1 and 1",
      response1: "2",
      response2: "3",
      annotator1: 1,
      annotator2: 1,
      annotator3: 0,
    },
  ];
  const hh = { chosen: "\n\nHuman: Hi\n\nAssistant: Hello!", rejected: "\n\nHuman: Hi\n\nAssistant: What?" };

  it.each([
    ["borda", "own.jsonl", bordaLines(3), { prompts: 3, completions: 6, rankings: 3 }],
    ["openassistant", "trees.jsonl", lines(tree), { prompts: 1, completions: 2, rankings: 1 }],
    ["pandalm", "testset.json", JSON.stringify(pandalm), { prompts: 1, completions: 2, rankings: 3 }],
    ["hh", "test.jsonl.gz", gzipSync(lines(hh, hh)), { prompts: 1, completions: 2, rankings: 1 }],
  ])("of the format %s", async (format, fileName, content, counts) => {
    const project = await house.project();
    const found = await bring(project, fileName, content);
    expect(found).toMatchObject({ state: "FINISHED", format, error: null, badRows: 0, ...counts });
    expect(found.bytesRead).toBe(found.bytes);
    const stats = await house.database.projects.stats(project.id);
    expect(stats).toMatchObject({ prompts: counts.prompts, completions: counts.completions });
    expect(stats.rankings).toEqual({ made: 0, imported: counts.rankings });
    await eventually("the removal of the file", 5, async () => (await house.storage.stat(found.fileKey)) === null);
  });

  it("of many batches, with rankings by name", async () => {
    const project = await house.project();
    const found = await bring(project, "many.jsonl", bordaLines(1700));
    expect(found).toMatchObject({ state: "FINISHED", prompts: 1700, rankings: 1700, rowsRead: 1700 });
    const [labeler] = await house.database.labelers.list(project.id);
    expect(labeler).toMatchObject({ name: "ann", kind: "IMPORTED" });
  });

  it("but for its bad rows, which are listed by line, field and remedy", async () => {
    const project = await house.project();
    const good = bordaLines(2);
    const bad = [
      "{not json",
      JSON.stringify({ prompt: "No completions" }),
      JSON.stringify({ prompt: "Foreign", completions: [{ text: "a" }, { text: "b" }], tiers: [[0], [7]] }),
      '{"prompt": \0"x"}',
      JSON.stringify({ prompt: "Long", completions: ["a", "b"], tiers: [[0], [1]], labeler: nameOf(5000) }),
    ];
    const found = await bring(project, "mixed.jsonl", `${good}${bad.join("\n")}\n`);
    expect(found).toMatchObject({ state: "FINISHED", prompts: 2, rankings: 2, badRows: 5 });
    const issues = await issuesOf(found.id);
    expect(issues.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
    for (const issue of issues) expect(issue.remedy).not.toBe("");
  });
});

it("the same file twice adds nothing", async () => {
  const project = await house.project();
  const content = bordaLines(700);
  await bring(project, "one.jsonl", content);
  const before = await house.database.projects.stats(project.id);
  const again = await bring(project, "two.jsonl", gzipSync(content));
  expect(again).toMatchObject({ state: "FINISHED", prompts: 0, completions: 0, rankings: 0, rowsRead: 700 });
  expect(await house.database.projects.stats(project.id)).toEqual(before);
});

it("a file that is no dataset fails with what to do, and is not tried again", async () => {
  const project = await house.project();
  const failed = await bring(project, "photo.jpg", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3]));
  expect(failed.state).toBe("FAILED");
  expect(failed.error).toMatch(/Give a file of one of these/);
  expect((await house.database.projects.stats(project.id)).prompts).toBe(0);
});

it("a file of NULs fails in words that can be stored", async () => {
  const failed = await bring(await house.project(), "empty.jsonl", Buffer.alloc(64));
  expect(failed).toMatchObject({ state: "FAILED", error: expect.stringContaining("Give a file of one of these") });
});

it("a damaged gzip fails, and keeps the rows before the damage", async () => {
  const project = await house.project();
  const whole = gzipSync(bordaLines(4000, 40), { level: 1 });
  const failed = await bring(project, "cut.jsonl.gz", whole.subarray(0, whole.length - 2000));
  expect(failed.state).toBe("FAILED");
  expect(failed.error).toMatch(/damaged or cut off/);
});

it("an upload that is gone fails with what to do", async () => {
  const { database, queue, admin } = house;
  const { id: projectId } = await house.project();
  const lost = { projectId, fileName: "gone.jsonl", fileKey: "uploads/gone", bytes: 1, createdBy: admin };
  const { id: importId } = await database.imports.create(lost);
  await database.imports.queue(importId);
  await queue.add(importFile, { importId });
  const failed = await house.imported(importId);
  expect(failed).toMatchObject({ state: "FAILED", error: expect.stringContaining("upload it again") });
});

it("a worker killed in the middle leaves the import to the next, which ends with every row once", async () => {
  const project = await house.project();
  const { imports } = house.database;
  const doomed = await startWorkerProcess(house);
  await stopWorkers();
  const importId = await house.upload(project, "long.jsonl", bordaLines(20_000, 20));
  await eventually("the first batch", 30, async () => (await imports.get(importId)).rowsRead > 0);
  await doomed.kill();
  const { state, rowsRead } = await imports.get(importId);
  expect(state).toBe("RUNNING");
  expect(rowsRead).toBeLessThan(20_000);
  await house.work();
  const found = await house.imported(importId);
  expect(found).toMatchObject({
    state: "FINISHED",
    rowsRead: 20_000,
    prompts: 20_000,
    completions: 40_000,
    rankings: 20_000,
  });
  expect(await house.database.projects.stats(project.id)).toMatchObject({ prompts: 20_000, completions: 40_000 });
}, 120_000);

it("a cancelled import stops between two batches and keeps what came in", async () => {
  const project = await house.project();
  const importId = await house.upload(project, "long.jsonl", bordaLines(40_000, 20));
  const { imports } = house.database;
  await eventually("the first batch", 30, async () => (await imports.get(importId)).rowsRead > 0);
  await imports.cancel(importId);
  const { rowsRead, fileKey } = await imports.get(importId);
  await eventually("the removal of the file", 10, async () => (await house.storage.stat(fileKey)) === null);
  const ended = await imports.get(importId);
  expect(ended).toMatchObject({ state: "CANCELLED", rowsRead });
  expect(ended.prompts).toBe((await house.database.projects.stats(project.id)).prompts);
  expect(ended.prompts).toBeLessThan(40_000);
});
