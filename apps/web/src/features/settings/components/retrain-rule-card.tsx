"use client";

import { RetrainRule } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Choice } from "@/components/ui/choice";
import { Field, Input, Select } from "@/components/ui/field";
import { numberIn, problemsOf } from "@/components/ui/problems";
import { RelativeTime } from "@/components/ui/relative-time";
import { useTRPC } from "@/trpc/client";
import { useSaved } from "../use-saved";
import type { ProjectSettings } from "../views";
import { SettingCard } from "./setting-card";

const patterns = {
  "0 3 * * *": "Every night at 3:00",
  "0 3 * * 1": "Mondays at 3:00",
  "0 */6 * * *": "Every six hours",
  "0 12 * * 1-5": "Weekdays at noon",
} as const;

interface Draft {
  readonly mode: RetrainRule["mode"];
  readonly every: string;
  readonly pattern: string;
  readonly timezone: string;
}

function draftOf(rule: RetrainRule): Draft {
  return {
    mode: rule.mode,
    every: rule.mode === "comparisons" ? String(rule.every) : "500",
    pattern: rule.mode === "cron" ? rule.pattern : "0 3 * * *",
    timezone: rule.mode === "cron" ? rule.timezone : Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

function ruleIn({ mode, every, pattern, timezone }: Draft): unknown {
  if (mode === "manual") return { mode };
  return mode === "comparisons" ? { mode, every: numberIn(every) } : { mode, pattern, timezone };
}

/** When the project retrains by itself. */
export function RetrainRuleCard({ settings }: { settings: ProjectSettings }) {
  const trpc = useTRPC();
  const [draft, setDraft] = useState(() => draftOf(settings.retrainRule));
  const save = useMutation(
    trpc.settings.updateRetrainRule.mutationOptions({ onSuccess: useSaved(settings.projectId) }),
  );
  const rule = RetrainRule.safeParse(ruleIn(draft));
  const problems = problemsOf(rule.error);
  const edit = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const change = rule.success ? { projectId: settings.projectId, retrainRule: rule.data } : undefined;
  return (
    <SettingCard title="Retraining" save={save} change={change}>
      <Choice
        legend="When the project retrains"
        value={draft.mode}
        onChange={(mode) => edit({ mode })}
        options={[
          { value: "manual", title: "By hand", note: "Only when somebody presses the button." },
          {
            value: "comparisons",
            title: "When enough is new",
            note: "Counted since the published checkpoint was trained.",
            fields: (
              <Field label="New comparisons" error={problems.every}>
                <Input
                  type="number"
                  inputMode="numeric"
                  className="max-w-32"
                  min={1}
                  value={draft.every}
                  onChange={(event) => edit({ every: event.target.value })}
                />
              </Field>
            ),
          },
          {
            value: "cron",
            title: "By a schedule",
            note: "If anything is new by then. By the recipe that was used last.",
            fields: <Schedule draft={draft} problems={problems} onChange={edit} />,
          },
        ]}
      />
      {settings.nextRetraining ? (
        <p className="text-soft">
          Next by the schedule: <RelativeTime at={settings.nextRetraining} />
        </p>
      ) : null}
    </SettingCard>
  );
}

function Schedule({
  draft,
  problems,
  onChange,
}: {
  draft: Draft;
  problems: Readonly<Record<string, string>>;
  onChange: (part: Partial<Draft>) => void;
}) {
  const zones = useId();
  const known = Object.hasOwn(patterns, draft.pattern);
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      <Field label="When">
        <Select value={known ? draft.pattern : ""} onChange={(event) => onChange({ pattern: event.target.value })}>
          {Object.entries(patterns).map(([pattern, words]) => (
            <option key={pattern} value={pattern}>
              {words}
            </option>
          ))}
          <option value="">Another pattern</option>
        </Select>
      </Field>
      <Field label="Cron pattern" description="Minute, hour, day, month, weekday" error={problems.pattern}>
        <Input
          className="font-mono"
          value={draft.pattern}
          placeholder="0 3 * * *"
          spellCheck={false}
          onChange={(event) => onChange({ pattern: event.target.value })}
        />
      </Field>
      <Field label="Time zone" error={problems.timezone}>
        <Input
          list={zones}
          value={draft.timezone}
          spellCheck={false}
          onChange={(event) => onChange({ timezone: event.target.value })}
        />
      </Field>
      <datalist id={zones}>
        {Intl.supportedValuesOf("timeZone").map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </div>
  );
}
