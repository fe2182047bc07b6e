import { Recipe, recipePresets } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import {
  draftOfRecipe,
  recipeFields,
  recipeIn,
  recipeSections,
  sayRecipeValue,
} from "../src/features/training/recipe-fields";

describe("the recipe's form", () => {
  it.each(Object.entries(recipePresets))("gives the preset %s back as it was", (_, preset) => {
    expect(Recipe.parse(recipeIn(draftOfRecipe(preset)))).toEqual(preset);
  });
  it("asks for every field once", () => {
    const asked = recipeSections.flatMap(({ fields }) => [...fields]);
    expect(asked.toSorted()).toEqual(Object.keys(recipeFields).toSorted());
  });
  it("takes an empty number for no number, not for 0", () => {
    const draft = { ...draftOfRecipe(Recipe.parse({})), beta: " " };
    expect(Recipe.safeParse(recipeIn(draft)).error?.issues[0]?.path).toEqual(["beta"]);
  });
  it("offers the choices that the recipe knows", () => {
    for (const [field, spec] of Object.entries(recipeFields)) {
      if (spec.kind !== "choice") continue;
      for (const option of Object.keys(spec.options)) expect(Recipe.safeParse({ [field]: option }).success).toBe(true);
    }
    expect(sayRecipeValue("ties", "drop")).toBe("Left out");
  });
});
