import { describe, expect, test } from "vitest";
import { Prompt, promptText, Recipe, recipePresets } from "../src";

describe("a recipe", () => {
  test("is complete whatever was left out, and stays as it is when parsed again", () => {
    expect(Recipe.parse(Recipe.parse({}))).toEqual(Recipe.parse({}));
    for (const preset of Object.values(recipePresets)) expect(Recipe.parse(preset)).toEqual(preset);
  });
  test.each([{ epochs: 0 }, { learningRate: -1 }, { heldOutShare: 1 }, { maxLength: 12.5 }, { epoch: 3 }])(
    "%j is refused",
    (fields) => void expect(Recipe.safeParse(fields).success).toBe(false),
  );
});

describe("a prompt", () => {
  test("as chat reads as turns headed by their role", () => {
    const chat = Prompt.parse([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
    expect(promptText(chat)).toBe("System: Be brief.\n\nUser: Hi");
    expect(promptText("Hi")).toBe("Hi");
  });
  test.each([[""], [[]], [[{ role: "human", content: "x" }]], [7]])("%j is none", (value) => {
    expect(Prompt.safeParse(value).success).toBe(false);
  });
});
