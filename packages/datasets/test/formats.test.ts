import { describe, expect, test } from "vitest";
import { bordaLines } from "../src";
import { bordaRow, bytesOf, gzip, hhRow, jsonLines, oasstTree, pandalmRow, readAll } from "./sources";

describe("a file is recognised by its content", () => {
  const files = {
    borda: jsonLines(bordaRow),
    hh: jsonLines(hhRow),
    openassistant: jsonLines(oasstTree),
    pandalm: JSON.stringify([pandalmRow], null, 1),
  };
  test.each(Object.entries(files))("%s, plain and gzip alike", async (name, text) => {
    const plain = await readAll(bytesOf(text));
    const zipped = await readAll(bytesOf(gzip(text)));
    expect(plain.format).toBe(name);
    expect(zipped.rows).toEqual(plain.rows);
    expect(plain.issues).toEqual([]);
    expect(plain.bytes).toBe(Buffer.byteLength(text));
    expect(zipped.bytes).toBe(gzip(text).length);
  });

  test("a first row that is broken does not hide the format", async () => {
    const { format, rows, issues } = await readAll(bytesOf(`{"prompt": \n${jsonLines(bordaRow)}`));
    expect(format).toBe("borda");
    expect(rows).toHaveLength(1);
    expect(issues).toMatchObject([{ line: 1, field: "", problem: expect.stringContaining("is not JSON") }]);
  });

  test.each([
    ["nothing", "", "EMPTY_FILE"],
    ["only blank lines", "\n \n\n", "EMPTY_FILE"],
    ["prose", "Dear reader,\nthis is no dataset.\n", "UNKNOWN_FORMAT"],
    ["rows of other fields", jsonLines({ question: "?", answer: "!" }), "UNKNOWN_FORMAT"],
  ])("%s is refused as a whole", async (_, text, code) => {
    await expect(readAll(bytesOf(text))).rejects.toMatchObject({ code });
  });

  test("a gzip file that is cut off is refused as damaged", async () => {
    const text = jsonLines(...Array.from({ length: 2000 }, (_, i) => ({ ...bordaRow, prompt: `${i} ${Math.sin(i)}` })));
    const whole = gzip(text);
    await expect(readAll(bytesOf(whole.subarray(0, whole.length / 2)))).rejects.toMatchObject({ code: "DAMAGED_GZIP" });
  });
});

describe("what each format says", () => {
  test("Borda's own: tiers, the unacceptable line, the labeler", async () => {
    const { rows } = await readAll(bytesOf(jsonLines(bordaRow)));
    expect(rows[0]).toEqual({
      line: 1,
      group: {
        prompt: "Name a fruit.",
        completions: [{ text: "An apple.", model: "small" }, { text: "Rock." }, { text: "A pear." }],
        rankings: [{ labeler: "Ada", tiers: [[0, 2], [1]], unacceptableFrom: 1 }],
      },
    });
  });

  test("Borda's own: a chat prompt, bare completions, no ranking", async () => {
    const prompt = [{ role: "user", content: "Hi" }];
    const { rows } = await readAll(bytesOf(jsonLines({ prompt, completions: ["Hello.", "Go away."] })));
    expect(rows[0]!.group).toEqual({ prompt, completions: [{ text: "Hello." }, { text: "Go away." }], rankings: [] });
  });

  test("Anthropic HH: the shared conversation is the prompt, the last turns are the completions", async () => {
    const { rows } = await readAll(bytesOf(jsonLines(hhRow)));
    expect(rows[0]!.group).toEqual({
      prompt: [
        { role: "user", content: "Hello" },
        { role: "assistant", content: "Hi!" },
        { role: "user", content: "Tell me a joke" },
      ],
      completions: [{ text: "Knock, knock." }, { text: "No." }],
      rankings: [{ labeler: "hh", tiers: [[0], [1]], unacceptableFrom: null }],
    });
  });

  test("PandaLM: three annotators are three rankings, and 0 is a tie", async () => {
    const { rows } = await readAll(bytesOf(JSON.stringify([pandalmRow])));
    expect(rows[0]!.group).toEqual({
      prompt: "Translate.\npomme",
      completions: [
        { text: "apple", model: "tall" },
        { text: "pear", model: "short" },
      ],
      rankings: [
        { labeler: "annotator1", tiers: [[0], [1]], unacceptableFrom: null },
        { labeler: "annotator2", tiers: [[0, 1]], unacceptableFrom: null },
        { labeler: "annotator3", tiers: [[1], [0]], unacceptableFrom: null },
      ],
    });
  });

  test("OpenAssistant: every message with ranked replies is a row, and a reply without a rank stays unranked", async () => {
    const { rows } = await readAll(bytesOf(jsonLines(oasstTree)));
    expect(rows.map(({ group }) => group.prompt)).toEqual([
      [{ role: "user", content: "How do plants eat?" }],
      [
        { role: "user", content: "How do plants eat?" },
        { role: "assistant", content: "By light." },
        { role: "user", content: "All of them?" },
      ],
    ]);
    expect(rows.map(({ group }) => group.rankings[0]!.tiers)).toEqual([
      [[1], [2], [0]],
      [[0], [1]],
    ]);
    expect(rows[1]!.group.completions).toHaveLength(3);
  });

  test("what Borda writes it reads again, a line for each labeler", async () => {
    const { rows } = await readAll(
      bytesOf(jsonLines(bordaRow, { ...bordaRow, labeler: "Bo", tiers: [[1]], unacceptable_from: null })),
    );
    const rankings = rows.flatMap(({ group }) => group.rankings);
    const written = [...bordaLines({ ...rows[0]!.group, rankings })];
    expect(written).toHaveLength(2);
    const again = await readAll(bytesOf(written.join("\n")));
    expect(again.rows.map(({ group }) => group)).toEqual(rows.map(({ group }) => group));
  });
});
