"use client";

import type { Recipe } from "@borda/preferences";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Choice } from "@/components/ui/choice";
import { Field, Input, Select } from "@/components/ui/field";
import { BackboneField } from "@/features/backbones/components/backbone-field";
import { type RecipeDraft, type RecipeField, recipeFields, sectionsOf } from "../recipe-fields";
import { type PresetName, presetOf, withPreset } from "../recipe-presets";

const presets: Record<PresetName, { title: string; note: string }> = {
  quick: { title: "Quick", note: "one pass over short inputs, for a first look" },
  balanced: { title: "Balanced", note: "one pass" },
  thorough: { title: "Thorough", note: "four passes over long inputs" },
};

const modes: Record<Recipe["mode"], string> = {
  all: "Learns the most, and needs the most memory.",
  lora: "Small matrices beside the linear layers learn; the layers stay.",
  last: "The layers before them stay, and need no backward pass.",
  head: "Solved to its optimum without steps; in seconds where completions are known from an earlier run.",
};

interface FormProps {
  readonly draft: RecipeDraft;
  readonly problems: Readonly<Record<string, string>>;
  readonly canStartFromPublished: boolean;
  /** How the chosen backbone stands, under its field. */
  readonly backbone: ReactNode;
  readonly onChange: (draft: RecipeDraft) => void;
}

/** The recipe of the next run: a preset, or by itself every field that its mode reads. */
export function RecipeForm(props: FormProps) {
  const { draft, onChange } = props;
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
      {sectionsOf(draft.mode).map(({ title, fields }) => (
        <fieldset key={title}>
          <legend className="eyebrow mb-2">{title}</legend>
          {fields.includes("mode") ? (
            <ModeChoice {...props} fields={fields.filter((field) => field !== "mode")} />
          ) : (
            <FieldGrid {...props} fields={fields} />
          )}
        </fieldset>
      ))}
    </div>
  );
}

/** What trains; the fields of the chosen mode stand beneath it, next in the order of tabs. */
function ModeChoice({ fields, ...props }: FormProps & { fields: readonly (keyof Recipe)[] }) {
  const { draft, onChange } = props;
  const { help, options } = recipeFields.mode;
  return (
    <Choice
      legend={help}
      value={draft.mode}
      onChange={(mode) => onChange({ ...draft, mode })}
      options={(Object.keys(modes) as Recipe["mode"][]).map((value) => ({
        value,
        title: options[value],
        note: modes[value],
        fields: fields.length > 0 ? <FieldGrid {...props} fields={fields} /> : undefined,
      }))}
    />
  );
}

function FieldGrid({
  draft,
  problems,
  canStartFromPublished,
  backbone,
  fields,
  onChange,
}: FormProps & { fields: readonly (keyof Recipe)[] }) {
  return (
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
