import { Recipe } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { numberIn, problemsOf } from "../src/components/ui/problems";

const problem = (fields: Record<string, unknown>) => problemsOf(Recipe.safeParse(fields).error);

describe("what is wrong with a form", () => {
  it.each([
    [{ warmup: 2 }, { warmup: "At most 1." }],
    [{ heldOutShare: 0 }, { heldOutShare: "More than 0." }],
    [{ heldOutShare: 1 }, { heldOutShare: "Less than 1." }],
    [{ beta: numberIn(" ") }, { beta: "Give a number." }],
    [{ maxLength: 10.5 }, { maxLength: "Give a whole number." }],
    [{ backbone: "" }, { backbone: "Write starter, a folder's path, or hub:ORG/NAME@REVISION." }],
    [{ warmup: 0.2 }, {}],
  ])("is said of %j in words", (fields, said) => {
    expect(problem(fields)).toEqual(said);
  });
  it("is what the schema says, where it has words of its own", () => {
    const Name = z.object({ name: z.string().min(1, "Give a name.") });
    expect(problemsOf(Name.safeParse({ name: "" }).error)).toEqual({ name: "Give a name." });
  });
});
