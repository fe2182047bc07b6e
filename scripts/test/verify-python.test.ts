import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCheckpoint } from "../verify-python/checkpoint";
import { compare, tableOf } from "../verify-python/comparison";
import { verify } from "../verify-python/main";
import { rowsToScore } from "../verify-python/rows";

const borda = [0.5, -1.25, 3];
const judged = (rewards: (number | null)[], more: object = {}) =>
  compare(borda, { library: "x", rewards, exact: true, ...more }, 1e-4);

describe("a library's rewards beside Borda's", () => {
  test("pass within the tolerance, and fail beyond it or as no number", () => {
    expect(judged([0.50005, -1.25, 3])).toMatchObject({ passed: true, tau: 1, rows: 3 });
    expect(judged([0.5002, -1.25, 3])).toMatchObject({ passed: false, remark: "differs" });
    expect(judged([Number.NaN, -1.25, 3]).passed).toBe(false);
  });

  test("are compared on the rows that it scored, of which there must be one", () => {
    expect(judged([null, -1.25, 3])).toMatchObject({ passed: true, rows: 2 });
    expect(judged([null, null, null]).passed).toBe(false);
  });

  test("count for nothing with weights that it had to draw", () => {
    expect(judged(borda, { fault: "newly initialised: classifier.weight" }).passed).toBe(false);
  });

  test("of int8 are shown with their order, and not judged", () => {
    const compared = judged([0.4, 0.6, 2], { exact: false });
    expect(compared).toMatchObject({ passed: true, remark: "not judged" });
    expect(compared.tau).toBeCloseTo(1 / 3);
    expect(tableOf([compared], 1e-4).split("\n")[1]).toMatch(/^x +3 +1\.9e\+0 +0\.333 +not judged$/);
  });
});

describe("what is scored", () => {
  const info = {
    modelType: "bert",
    pooling: "cls",
    row: "pair",
    opensIn: "transformers",
    maxLength: 64,
    folder: "",
  } as const;

  test("has prompts that do not fit, other scripts, and chats in words and in turns", () => {
    const rows = rowsToScore(info);
    expect(Math.max(...rows.map(({ first }) => first.split(" ").length))).toBeGreaterThan(2 * info.maxLength);
    expect(rows.some(({ completion }) => /\p{Script=Han}/u.test(completion))).toBe(true);
    const chat = rows.find(({ messages }) => messages.length === 5)!;
    expect(chat.whole).toBe(`${chat.first}\n\nAssistant: ${chat.completion}`);
  });

  test("is a checkpoint's folder, or refused by its name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "borda-verify-test-"));
    await expect(readCheckpoint(folder)).rejects.toMatchObject({ code: "BAD_CHECKPOINT" });
    await writeFile(join(folder, "borda.json"), JSON.stringify(info));
    expect(await readCheckpoint(folder)).toEqual({ ...info, folder });
    await rm(folder, { recursive: true });
    await expect(verify([], {})).rejects.toMatchObject({ code: "USAGE" });
    await expect(verify(["x", "--toleranc", "1"], {})).rejects.toMatchObject({ code: "USAGE" });
  });
});
