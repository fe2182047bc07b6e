"use client";

import { Field, Input, Select } from "@/components/ui/field";
import { draftOfSource, type SourceDraft, sourceIn } from "../source-draft";

const kinds: Record<SourceDraft["kind"], string> = {
  starter: "The starter, which comes with Borda",
  hub: "A model of the Hugging Face hub",
  folder: "A folder on the worker's machine",
};

/** What a run starts from: its kind, and what names it. `value` is a recipe's `backbone`. */
export function BackboneField({
  value,
  problem,
  onChange,
}: {
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
}) {
  const draft = draftOfSource(value);
  const change = (part: Partial<SourceDraft>) => onChange(sourceIn({ ...draft, ...part }));
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-3 sm:grid-cols-2">
      <Field label="Backbone" description="The pretrained model that the head is put on.">
        <Select value={draft.kind} onChange={(event) => change({ kind: event.target.value as SourceDraft["kind"] })}>
          {Object.entries(kinds).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </Select>
      </Field>
      {draft.kind === "folder" ? (
        <Field
          label="Folder"
          description="Its whole path, with config.json, tokenizer.json and safetensors."
          error={problem && "Give the folder's path."}
        >
          <Text value={draft.path} placeholder="/models/minilm" onChange={(path) => change({ path })} />
        </Field>
      ) : null}
      {draft.kind === "hub" ? (
        <div className="grid grid-cols-[minmax(0,2fr)_minmax(0,1fr)] gap-x-3">
          <Field label="Model" description="As the hub names it." error={problem && "Write org/name."}>
            <Text value={draft.repository} placeholder="org/name" onChange={(repository) => change({ repository })} />
          </Field>
          <Field label="Revision" description="Branch, tag, commit.">
            <Text value={draft.revision} placeholder="main" onChange={(revision) => change({ revision })} />
          </Field>
        </div>
      ) : null}
    </div>
  );
}

function Text({
  value,
  placeholder,
  onChange,
}: {
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}) {
  return (
    <Input
      className="font-mono"
      value={value}
      placeholder={placeholder}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
