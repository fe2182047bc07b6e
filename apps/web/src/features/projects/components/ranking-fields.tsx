"use client";

import { Markdown } from "@/components/markdown/markdown";
import { Field, Input, Textarea } from "@/components/ui/field";
import { numberIn } from "@/components/ui/problems";
import { Tabs } from "@/components/ui/tabs";
import { MOST_COMPLETIONS, type ProjectForm } from "../views";

/** The fields of ProjectForm as they are typed: numbers are text until they are read. */
export type ProjectDraft = { [K in keyof ProjectForm]: string };

export function draftOf(form: ProjectForm): ProjectDraft {
  const { name, guidelines, kMin, kMax, rankingsWanted } = form;
  return { name, guidelines, kMin: String(kMin), kMax: String(kMax), rankingsWanted: String(rankingsWanted) };
}

/** What the draft says, still to be checked by ProjectForm. */
export function formOf({ name, guidelines, kMin, kMax, rankingsWanted }: ProjectDraft): ProjectForm {
  return {
    ...{ name, guidelines },
    ...{ kMin: numberIn(kMin), kMax: numberIn(kMax), rankingsWanted: numberIn(rankingsWanted) },
  };
}

/** Name, guidelines and numbers of a project; used where one is made and where it is changed. */
export function RankingFields({
  draft,
  problems,
  onChange,
}: {
  draft: ProjectDraft;
  problems: Readonly<Record<string, string>>;
  onChange: (draft: ProjectDraft) => void;
}) {
  const text = (field: keyof ProjectDraft) => ({
    value: draft[field],
    onChange: (event: { target: { value: string } }) => onChange({ ...draft, [field]: event.target.value }),
  });
  const number = { type: "number", inputMode: "numeric", step: 1, className: "max-w-32" } as const;
  return (
    <>
      <Field label="Name" error={problems.name}>
        <Input {...text("name")} maxLength={120} autoComplete="off" />
      </Field>
      <Guidelines draft={draft} problem={problems.guidelines} onChange={onChange} />
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <Field label="Completions, at least" description="A prompt with fewer is not offered." error={problems.kMin}>
          <Input {...number} {...text("kMin")} min={2} max={MOST_COMPLETIONS} />
        </Field>
        <Field
          label="Completions, at most"
          description="From a prompt with more, this many are drawn for a task."
          error={problems.kMax}
        >
          <Input {...number} {...text("kMax")} min={2} max={MOST_COMPLETIONS} />
        </Field>
        <Field
          label="Rankings wanted a prompt"
          description="More than one shows how far people agree."
          error={problems.rankingsWanted}
        >
          <Input {...number} {...text("rankingsWanted")} min={1} max={50} />
        </Field>
      </div>
    </>
  );
}

function Guidelines({
  draft,
  problem,
  onChange,
}: {
  draft: ProjectDraft;
  problem: string | undefined;
  onChange: (draft: ProjectDraft) => void;
}) {
  const write = (
    <Field label="Guidelines" description="Markdown. Labelers see them beside every task." error={problem}>
      <Textarea
        value={draft.guidelines}
        onChange={(event) => onChange({ ...draft, guidelines: event.target.value })}
        rows={12}
        className="font-mono"
        placeholder="What makes a completion better than another here?"
      />
    </Field>
  );
  const preview = (
    <div className="min-h-60 rounded-md border bg-canvas px-4 py-3">
      {draft.guidelines.trim() ? (
        <Markdown text={draft.guidelines} />
      ) : (
        <p className="text-faint">Nothing is written yet. Labelers would rank by their own idea of good.</p>
      )}
    </div>
  );
  return (
    <Tabs
      label="Guidelines"
      tabs={[
        { value: "write", label: "Write", content: write },
        { value: "preview", label: "Preview", content: preview },
      ]}
    />
  );
}
