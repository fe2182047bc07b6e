import { describe, expect, it } from "vitest";
import { ScoringFailure } from "../src/http/errors";
import { mostCompletions, mostCompletionsOfPrompt, parseRequest } from "../src/http/request";

const parse = (body: unknown) => parseRequest(JSON.stringify(body));

function failureOf(body: unknown): ScoringFailure {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof ScoringFailure) return error;
    throw error;
  }
  throw new Error("the request was taken as it is");
}

describe("a request for scores", () => {
  it("is one prompt with its completions, as one group", () => {
    expect(parse({ prompt: "Why?", completions: ["Because.", "No idea."] })).toEqual({
      groups: [{ prompt: "Why?", completions: ["Because.", "No idea."] }],
    });
  });

  it("is a list of items, each a group of its own", () => {
    const chat = [{ role: "user", content: "Hi" }];
    const items = [
      { prompt: chat, completion: "Hello" },
      { prompt: "Why?", completion: "So." },
    ];
    expect(parse({ items, checkpoint: "c1" })).toEqual({
      groups: [
        { prompt: chat, completions: ["Hello"] },
        { prompt: "Why?", completions: ["So."] },
      ],
      checkpoint: "c1",
    });
  });

  it.each([
    ["a missing prompt", { completions: ["a"] }, "prompt"],
    ["an empty prompt", { prompt: "", completions: ["a"] }, "prompt"],
    ["a prompt that is a number", { prompt: 7, completions: ["a"] }, "prompt"],
    ["an unknown role", { prompt: [{ role: "robot", content: "x" }], completions: ["a"] }, "prompt[0].role"],
    ["a turn without content", { prompt: [{ role: "user" }], completions: ["a"] }, "prompt[0].content"],
    ["missing completions", { prompt: "p" }, "completions"],
    ["no completion", { prompt: "p", completions: [] }, "completions"],
    ["a completion that is no text", { prompt: "p", completions: ["a", 3] }, "completions[1]"],
    ["an empty completion", { prompt: "p", completions: ["a", ""] }, "completions[1]"],
    [
      "an item without completion",
      { items: [{ prompt: "p", completion: "c" }, { prompt: "p" }] },
      "items[1].completion",
    ],
    [
      "an item's wrong role",
      { items: [{ prompt: [{ role: "x", content: "" }], completion: "c" }] },
      "items[0].prompt[0].role",
    ],
    ["a field nobody knows", { prompt: "p", completions: ["a"], temperature: 1 }, "temperature"],
    ["both forms at once", { prompt: "p", completions: ["a"], items: [] }, "items"],
    ["a list", [], ""],
  ])("with %s is refused, naming the field", (_, body, field) => {
    const failure = failureOf(body);
    expect(failure).toMatchObject({ code: "invalid_request", status: 422, details: { field } });
    expect(failure.message).not.toBe("");
  });

  it("that is not JSON is refused", () => {
    expect(() => parseRequest("{")).toThrow(/not JSON/);
  });

  it.each([
    ["completions of one prompt", { prompt: "p", completions: Array(mostCompletionsOfPrompt + 1).fill("a") }],
    ["items", { items: Array(mostCompletions + 1).fill({ prompt: "p", completion: "c" }) }],
  ])("with too many %s is refused as too large", (_, body) => {
    expect(failureOf(body)).toMatchObject({ code: "too_many_completions", status: 413 });
  });
});
