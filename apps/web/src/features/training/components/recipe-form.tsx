"use client";

import { Recipe, recipePresets } from "@borda/preferences";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Field, Input, Select } from "@/components/ui/field";
import { BackboneField } from "@/features/backbones/components/backbone-field";
import { draftOfRecipe, type RecipeDraft, type RecipeField, recipeFields, recipeSections } from "../recipe-fields";

type PresetName = keyof typeof recipePresets;

const presets: Record<PresetName, { title: string; note: string }> = {
  quick: { title: "Quick", note: "one pass over short inputs, for a first look" },
  balanced: { title: "Balanced", note: "one pass" },
  thorough: { title: "Thorough", note: "four passes over long inputs" },
};

/** What a preset leaves as it is: which model, and from where. */
const kept = ["backbone", "pooling", "startFrom"] as const satisfies (keyof Recipe)[];

/** The recipe of the next run: a preset, or every field by itself. */
export function RecipeForm({
  draft,
  problems,
  canStartFromPublished,
  backbone,
  onChange,
}: {
  draft: RecipeDraft;
  problems: Readonly<Record<string, string>>;
  canStartFromPublished: boolean;
  /** How the chosen backbone stands, under its field. */
  backbone: ReactNode;
  onChange: (draft: RecipeDraft) => void;
}) {
  const chosen = presetOf(draft);
  return (
    <div className="flex flex-col gap-5">
      <fieldset className="flex flex-wrap items-center gap-2">
        <legend className="mb-1 text-sm font-medium">Preset</legend>
        {(Object.keys(presets) as PresetName[]).map((name) => (
          <Button
            key={name}
            variant={chosen === name ? "primary" : "secondary"}
            aria-pressed={chosen === name}
            title={presets[name].note}
            onClick={() => onChange(withPreset(draft, name))}
          >
            {presets[name].title}
          </Button>
        ))}
        <span className="text-faint">{chosen ? presets[chosen].note : "changed by hand"}</span>
      </fieldset>
      {recipeSections.map(({ title, fields }) => (
        <fieldset key={title}>
          <legend className="eyebrow mb-2">{title}</legend>
          <div className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2">
            {fields.map((field) => {
              if (field === "backbone")
                return (
                  <div key={field} className="flex flex-col gap-3 sm:col-span-2">
                    <BackboneField
                      value={draft.backbone}
                      problem={problems.backbone}
                      onChange={(value) => onChange({ ...draft, backbone: value })}
                    />
                    {backbone}
                  </div>
                );
              const spec: RecipeField = recipeFields[field];
              return (
                <Field key={field} label={spec.label} description={spec.help} error={problems[field]}>
                  <Control
                    spec={spec}
                    value={draft[field]}
                    barred={field === "startFrom" && !canStartFromPublished ? "published" : null}
                    onChange={(value) => onChange({ ...draft, [field]: value })}
                  />
                </Field>
              );
            })}
          </div>
        </fieldset>
      ))}
    </div>
  );
}

function Control({
  spec,
  value,
  barred,
  onChange,
}: {
  spec: RecipeField;
  value: string;
  /** An option that cannot be chosen now. */
  barred: string | null;
  onChange: (value: string) => void;
}) {
  if (spec.kind === "choice")
    return (
      <Select value={value} onChange={(event) => onChange(event.target.value)}>
        {Object.entries(spec.options).map(([option, words]) => (
          <option key={option} value={option} disabled={option === barred}>
            {option === barred ? `${words} (nothing is published)` : words}
          </option>
        ))}
      </Select>
    );
  const number = spec.kind === "number" ? ({ inputMode: spec.whole ? "numeric" : "decimal" } as const) : {};
  return (
    <Input
      {...number}
      className={spec.kind === "number" ? "tabular-nums" : undefined}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function withPreset(draft: RecipeDraft, name: PresetName): RecipeDraft {
  const own = Object.fromEntries(kept.map((field) => [field, draft[field]])) as Pick<
    RecipeDraft,
    (typeof kept)[number]
  >;
  return { ...draftOfRecipe(recipePresets[name]), ...own };
}

/** The preset that a draft is, whatever model it starts from; null when another field was changed. */
function presetOf(draft: RecipeDraft): PresetName | null {
  const same = (name: PresetName) => {
    const preset = withPreset(draft, name);
    return (Object.keys(Recipe.shape) as (keyof Recipe)[]).every((field) => preset[field] === draft[field]);
  };
  return (Object.keys(presets) as PresetName[]).find(same) ?? null;
}
