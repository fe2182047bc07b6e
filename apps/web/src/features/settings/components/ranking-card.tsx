"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Field, Input } from "@/components/ui/field";
import { numberIn, problemsOf } from "@/components/ui/problems";
import { draftOf, formOf, RankingFields } from "@/features/projects/components/ranking-fields";
import { ProjectForm } from "@/features/projects/views";
import { useTRPC } from "@/trpc/client";
import { useSaved } from "../use-saved";
import { LeaseMinutes, type ProjectSettings } from "../views";
import { SettingCard } from "./setting-card";

/** Name, guidelines, k range, overlap and lease. */
export function RankingCard({ settings }: { settings: ProjectSettings }) {
  const trpc = useTRPC();
  const [draft, setDraft] = useState(() => draftOf(settings));
  const [minutes, setMinutes] = useState(String(settings.leaseMinutes));
  const save = useMutation(trpc.settings.updateRanking.mutationOptions({ onSuccess: useSaved(settings.projectId) }));
  const form = ProjectForm.safeParse(formOf(draft));
  const lease = LeaseMinutes.safeParse(numberIn(minutes));
  const change =
    form.success && lease.success
      ? { projectId: settings.projectId, ...form.data, leaseMinutes: lease.data }
      : undefined;
  return (
    <SettingCard title="Ranking" save={save} change={change}>
      <RankingFields draft={draft} problems={problemsOf(form.error)} onChange={setDraft} />
      <Field
        label="Minutes for a task"
        description="So long a task is held for the labeler who has it; then it goes to others."
        error={problemsOf(lease.error)[""]}
      >
        <Input
          type="number"
          inputMode="numeric"
          className="max-w-32"
          min={1}
          value={minutes}
          onChange={(event) => setMinutes(event.target.value)}
        />
      </Field>
      <p className="text-xs text-faint">
        A changed overlap or number of completions opens or closes tasks at once. Confirmed rankings stay in any case.
      </p>
    </SettingCard>
  );
}
