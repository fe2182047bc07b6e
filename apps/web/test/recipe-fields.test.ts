import { Recipe, recipePresets } from "@borda/preferences";
import { describe, expect, it } from "vitest";
import {
  draftOfRecipe,
  recipeFields,
  recipeIn,
  recipeSections,
  sayRecipeValue,
  sectionsOf,
} from "../src/features/training/recipe-fields";
import { presetOf, withPreset } from "../src/features/training/recipe-presets";

const fieldsOf = (mode: string) => sectionsOf(mode).flatMap(({ fields }) => fields);
const draft = draftOfRecipe(Recipe.parse({}));

describe("the recipe's form", () => {
  it.each(Object.entries(recipePresets))("gives the preset %s back as it was", (_, preset) => {
    expect(Recipe.parse(recipeIn(draftOfRecipe(preset)))).toEqual(preset);
  });
  it("asks for every field once", () => {
    const asked = recipeSections.flatMap(({ fields }) => [...fields]);
    expect(asked.toSorted()).toEqual(Object.keys(recipeFields).toSorted());
  });
  it("takes an empty number for no number, not for 0", () => {
    expect(Recipe.safeParse(recipeIn({ ...draft, beta: " " })).error?.issues[0]?.path).toEqual(["beta"]);
  });
  it("asks for what the mode reads, and for every field in some mode", () => {
    expect(fieldsOf("lora")).toEqual(expect.arrayContaining(["loraRank", "loraTargets", "epochs"]));
    expect(fieldsOf("lora")).not.toContain("lastLayers");
    expect(fieldsOf("last").filter((field) => /lora|lastLayers/.test(field))).toEqual(["lastLayers"]);
    expect(fieldsOf("all").filter((field) => /lora|lastLayers/.test(field))).toEqual([]);
    expect(fieldsOf("head")).toEqual(expect.arrayContaining(["mode", "ties", "tokenBudget", "heldOutShare"]));
    expect(fieldsOf("head").filter((field) => /epochs|rate|dropout|lora/i.test(field))).toEqual([]);
    const all = Recipe.shape.mode.unwrap().options.flatMap(fieldsOf);
    expect([...new Set(all)].toSorted()).toEqual(Object.keys(recipeFields).toSorted());
  });
  it("keeps what was typed for another mode, and neither sends it nor finds it wrong", () => {
    const typed = { ...draft, mode: "lora", loraRank: "many", loraAlpha: "32" };
    expect(Recipe.safeParse(recipeIn(typed)).error?.issues[0]?.path).toEqual(["loraRank"]);
    expect(Recipe.parse(recipeIn({ ...typed, mode: "all" }))).toEqual(Recipe.parse({}));
    expect(Recipe.parse(recipeIn({ ...typed, loraRank: "4" }))).toMatchObject({ loraRank: 4, loraAlpha: 32 });
  });
  it("knows a preset whatever model it starts from, and whatever stands in fields that it does not ask for", () => {
    const typed = { ...draft, backbone: "/models/one", loraRank: "4", epochs: "9" };
    expect(presetOf(typed)).toBeNull();
    const quick = withPreset(typed, "quick");
    expect(presetOf(quick)).toBe("quick");
    expect(quick).toMatchObject({ backbone: "/models/one", loraRank: "4", epochs: "1" });
    expect(presetOf({ ...quick, mode: "lora" })).toBeNull();
  });
  it("offers the choices that the recipe knows", () => {
    for (const [field, spec] of Object.entries(recipeFields)) {
      if (spec.kind !== "choice") continue;
      for (const option of Object.keys(spec.options)) expect(Recipe.safeParse({ [field]: option }).success).toBe(true);
    }
    expect(sayRecipeValue("ties", "drop")).toBe("Left out");
  });
});
