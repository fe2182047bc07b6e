import { describe, expect, test } from "vitest";
import { bordaRow, bytesOf, hhRow, jsonLines, oasstTree, pandalmRow, readAll } from "./sources";

const good = { prompt: "Good row", completions: [{ text: "a" }, { text: "b" }] };
const texts = (...list: unknown[]) => list.map((text) => ({ text }));

/** Reads one bad record between two good ones of its format, and gives the issues. */
async function issuesOf(bad: unknown, neighbour: unknown) {
  const { rows, issues } = await readAll(bytesOf(jsonLines(neighbour, bad, neighbour)));
  expect([...new Set(rows.map(({ line }) => line))]).toEqual([1, 3]);
  for (const { line, problem, remedy } of issues) {
    expect(line).toBe(2);
    expect(problem).not.toBe("");
    expect(remedy).toMatch(/\.$/);
  }
  return issues.map(({ field }) => field);
}

describe("a bad row is listed by line, field and remedy, and its neighbours come in", () => {
  test.each<[string, unknown, string]>([
    ["no object", 7, ""],
    ["no prompt", { completions: texts("a", "b") }, "prompt"],
    ["a blank prompt", { ...good, prompt: "  " }, "prompt"],
    ["a prompt without messages", { ...good, prompt: [] }, "prompt"],
    ["a message of an unknown role", { ...good, prompt: [{ role: "human", content: "x" }] }, "prompt[0].role"],
    ["a message without content", { ...good, prompt: [{ role: "user" }] }, "prompt[0].content"],
    ["no completions", { prompt: "p" }, "completions"],
    ["one completion", { prompt: "p", completions: texts("a") }, "completions"],
    ["the same completion twice and no other", { prompt: "p", completions: texts("a", "a") }, "completions"],
    ["an empty completion", { prompt: "p", completions: texts("a", "") }, "completions[1].text"],
    ["a completion that is a boolean", { prompt: "p", completions: texts("a", true) }, "completions[1].text"],
    ["a NUL in a prompt", { ...good, prompt: "p\0" }, "prompt"],
    ["a NUL in a message", { ...good, prompt: [{ role: "user", content: "p\0" }] }, "prompt[0].content"],
    ["a NUL in a completion", { prompt: "p", completions: texts("a", "b\0") }, "completions[1].text"],
    ["half a surrogate pair", { prompt: "p", completions: texts("a", "\ud800") }, "completions[1].text"],
    [
      "a model that is a number",
      { prompt: "p", completions: [{ text: "a", model: 3 }, { text: "b" }] },
      "completions[0].model",
    ],
    [
      "a NUL in a model",
      { prompt: "p", completions: [{ text: "a", model: "m\0" }, { text: "b" }] },
      "completions[0].model",
    ],
    ["tiers that are no lists", { ...good, tiers: [0, 1] }, "tiers[0]"],
    ["no tier", { ...good, tiers: [] }, "tiers"],
    ["an empty tier", { ...good, tiers: [[0], []] }, "tiers"],
    ["a fractional index", { ...good, tiers: [[0.5], [1]] }, "tiers[0][0]"],
    ["a negative index", { ...good, tiers: [[-1], [1]] }, "tiers[0][0]"],
    ["an index as a text", { ...good, tiers: [["0"], [1]] }, "tiers[0][0]"],
    ["an index of no completion", { ...good, tiers: [[0], [2]] }, "tiers"],
    ["a completion ranked twice", { ...good, tiers: [[0], [0, 1]] }, "tiers"],
    [
      "a text in two tiers",
      { prompt: "p", completions: texts("a", "b", "a"), tiers: [[0], [1], [2]] },
      "completions[2].text",
    ],
    ["a line below the last tier", { ...good, tiers: [[0], [1]], unacceptable_from: 3 }, "tiers"],
    ["a line without tiers", { ...good, unacceptable_from: 0 }, "unacceptable_from"],
    ["a blank labeler", { ...good, tiers: [[0], [1]], labeler: "" }, "labeler"],
    ["a NUL in a labeler", { ...good, tiers: [[0], [1]], labeler: "Ada\0" }, "labeler"],
    ["a labeler of 201 characters", { ...good, tiers: [[0], [1]], labeler: "A".repeat(201) }, "labeler"],
  ])("Borda's own: %s", async (_, bad, field) => {
    expect(await issuesOf(bad, good)).toEqual([field]);
  });

  test.each<[string, unknown, string]>([
    ["identical conversations", { chosen: hhRow.chosen, rejected: hhRow.chosen }, "rejected"],
    ["prompts that differ", { ...hhRow, rejected: hhRow.rejected.replace("Hello", "Hullo") }, "rejected"],
    ["an empty last turn", { ...hhRow, chosen: "\n\nHuman: Hello\n\nAssistant: " }, "chosen"],
    ["a last turn of the human", { ...hhRow, rejected: "\n\nHuman: Hello" }, "rejected"],
    ["no turns", { ...hhRow, chosen: "Hello" }, "chosen"],
    ["an answer to nothing", { ...hhRow, chosen: "\n\nAssistant: Hello" }, "chosen"],
    ["a conversation that is missing", { chosen: hhRow.chosen }, "rejected"],
  ])("Anthropic HH: %s", async (_, bad, field) => {
    expect(await issuesOf(bad, hhRow)).toEqual([field]);
  });

  test.each<[string, unknown, string]>([
    ["a response that is a boolean", { ...pandalmRow, response1: true }, "response1"],
    ["an empty response", { ...pandalmRow, response2: "" }, "response2"],
    ["identical responses", { ...pandalmRow, response2: "apple" }, "response2"],
    ["an annotator who is missing", { ...pandalmRow, annotator2: undefined }, "annotator2"],
    ["a verdict of 3", { ...pandalmRow, annotator3: 3 }, "annotator3"],
    ["a verdict of 1.5", { ...pandalmRow, annotator3: 1.5 }, "annotator3"],
    ["a verdict as a text", { ...pandalmRow, annotator1: "1" }, "annotator1"],
    ["no instruction", { ...pandalmRow, instruction: undefined }, "instruction"],
  ])("PandaLM: %s", async (_, bad, field) => {
    expect(await issuesOf(bad, pandalmRow)).toEqual([field]);
  });

  const treeWith = (...replies: unknown[]) => ({
    message_tree_id: "bad",
    prompt: { role: "prompter", text: "Why?", replies },
  });
  const leaf = (text: unknown, rank: unknown) => ({ role: "assistant", text, rank });
  test.each<[string, unknown, string]>([
    ["a rank that is no whole number", treeWith(leaf("a", 0), leaf("b", 1.5)), "prompt.replies[1].rank"],
    ["a rank below zero", treeWith(leaf("a", -1), leaf("b", 1)), "prompt.replies[0].rank"],
    ["a rank as a text", treeWith(leaf("a", "0"), leaf("b", 1)), "prompt.replies[0].rank"],
    ["a rank given twice", treeWith(leaf("a", 0), leaf("b", 0)), "prompt.replies[1].rank"],
    ["an empty reply", treeWith(leaf("a", 0), leaf("", 1)), "prompt.replies[1].text"],
    ["identical replies", treeWith(leaf("a", 0), leaf("a", 1)), "prompt.replies[1].text"],
    ["a reply that is no object", treeWith("a", leaf("b", 0)), "prompt.replies[0]"],
    ["a tree without a prompt", { message_tree_id: "bad", prompt: null }, "prompt"],
    ["a root that is the assistant", { message_tree_id: "bad", prompt: leaf("a", 0) }, "prompt.role"],
  ])("OpenAssistant: %s", async (_, bad, field) => {
    expect(await issuesOf(bad, oasstTree)).toEqual([field]);
  });

  test("OpenAssistant: a bad branch leaves the other branches of its tree in", async () => {
    const tree = structuredClone(oasstTree);
    const inner = tree.prompt.replies[1] as { replies: { replies: { rank: unknown }[] }[] };
    inner.replies[0]!.replies[0]!.rank = 1;
    const { rows, issues } = await readAll(bytesOf(jsonLines(tree)));
    expect(rows).toHaveLength(1);
    expect(issues.map(({ field }) => field)).toEqual(["prompt.replies[1].replies[0].replies[1].rank"]);
  });

  test("OpenAssistant: rows below a row that cannot be read come in", async () => {
    const tree = structuredClone(oasstTree);
    tree.prompt.replies[0] = leaf("", 2) as never;
    const { rows, issues } = await readAll(bytesOf(jsonLines(tree)));
    expect(rows).toHaveLength(1);
    expect(issues.map(({ field }) => field)).toEqual(["prompt.replies[0].text"]);
  });

  test("what is quoted of the file shows its control characters, and half a pair, as escapes", async () => {
    const broken = ['{"prompt": \0"x"}', "\0\0\0", "{\x07}", `{${"😀".repeat(90)}`].join("\n");
    const { issues } = await readAll(bytesOf(`${jsonLines(good)}${broken}\n`));
    expect(issues.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    for (const { problem } of issues) expect(problem).not.toMatch(/[\p{Cc}\p{Surrogate}]/u);
    expect(issues[0]!.problem).toContain('\\u0000"x"');
  });

  test("a file of NULs is refused in words that can be stored", async () => {
    await expect(readAll(bytesOf("\0\0\0\0\n"))).rejects.toThrow(/^Line 1 is not JSON [^\0]*\\u0000/);
  });

  test("OpenAssistant: the place in a tree of any depth is told in at most 400 characters", async () => {
    const deep = Array.from({ length: 60 }).reduce<object>(
      (reply, _, index) => ({ role: index % 2 ? "assistant" : "prompter", text: "So?", replies: [reply] }),
      leaf("", 0),
    );
    const { issues } = await readAll(bytesOf(jsonLines(oasstTree, treeWith(deep))));
    expect(issues).toMatchObject([{ line: 2, field: expect.stringMatching(/^prompt\.replies\[0\].{382}…$/) }]);
  });

  test("an element of a JSON list is named by the line on which it begins", async () => {
    const text = JSON.stringify([pandalmRow, { ...pandalmRow, response1: true }], null, 1);
    const { issues } = await readAll(bytesOf(text));
    expect(issues.map(({ line }) => line)).toEqual([2 + Object.keys(pandalmRow).length + 2]);
  });
});

test("copies of one text in one tier become one completion, and no pair is made of them", async () => {
  const row = { prompt: "p", completions: texts("yes", "no", "yes"), tiers: [[0, 2], [1]] };
  const { rows, issues } = await readAll(bytesOf(jsonLines(row)));
  expect(issues).toEqual([]);
  expect(rows[0]!.group.completions).toEqual(texts("yes", "no"));
  expect(rows[0]!.group.rankings[0]!.tiers).toEqual([[0], [1]]);
});

test("Windows line ends, blank lines and a byte-order mark change nothing", async () => {
  const text = `\ufeff${jsonLines(bordaRow, good).replaceAll("\n", "\r\n\r\n")}`;
  const { rows, issues } = await readAll(bytesOf(text, 1));
  expect(issues).toEqual([]);
  expect(rows.map(({ line }) => line)).toEqual([1, 3]);
});
