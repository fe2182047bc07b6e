import { type Recipe, recipePresets } from "@borda/preferences";
import { draftOfRecipe, type RecipeDraft, sectionsOf } from "./recipe-fields";

export type PresetName = keyof typeof recipePresets;

/** What a preset leaves as it is: which model, and from where. */
const kept: readonly (keyof Recipe)[] = ["backbone", "pooling", "startFrom"];

/** The draft with a preset's fields; what the preset does not speak of stays as it was typed. */
export function withPreset(draft: RecipeDraft, name: PresetName): RecipeDraft {
  const preset = draftOfRecipe(recipePresets[name]);
  const spoken = sectionsOf(preset.mode)
    .flatMap(({ fields }) => fields)
    .filter((field) => !kept.includes(field));
  return { ...draft, ...Object.fromEntries(spoken.map((field) => [field, preset[field]])) };
}

/** The preset that a draft is, whatever model it starts from; null when another field was changed. */
export function presetOf(draft: RecipeDraft): PresetName | null {
  const same = (name: PresetName) =>
    Object.entries(withPreset(draft, name)).every(([field, value]) => draft[field as keyof Recipe] === value);
  return (Object.keys(recipePresets) as PresetName[]).find(same) ?? null;
}
