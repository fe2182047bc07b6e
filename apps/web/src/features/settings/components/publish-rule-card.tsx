"use client";

import { PublishRule } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Choice } from "@/components/ui/choice";
import { Field, Input } from "@/components/ui/field";
import { numberIn, problemsOf } from "@/components/ui/problems";
import { useTRPC } from "@/trpc/client";
import { useSaved } from "../use-saved";
import type { ProjectSettings } from "../views";
import { SettingCard } from "./setting-card";

/** Who decides what is served. */
export function PublishRuleCard({ settings }: { settings: ProjectSettings }) {
  const trpc = useTRPC();
  const { publishRule } = settings;
  const [mode, setMode] = useState(publishRule.mode);
  const [points, setPoints] = useState(
    publishRule.mode === "automatic" ? String(Number((publishRule.tolerance * 100).toFixed(4))) : "1",
  );
  const save = useMutation(
    trpc.settings.updatePublishRule.mutationOptions({ onSuccess: useSaved(settings.projectId) }),
  );
  const rule = PublishRule.safeParse(mode === "manual" ? { mode } : { mode, tolerance: numberIn(points) / 100 });
  const change = rule.success ? { projectId: settings.projectId, publishRule: rule.data } : undefined;
  return (
    <SettingCard title="Publishing" save={save} change={change}>
      <Choice
        legend="Who publishes"
        value={mode}
        onChange={setMode}
        options={[
          {
            value: "manual",
            title: "A person decides",
            note: "A finished checkpoint waits beside the published one.",
          },
          {
            value: "automatic",
            title: "By itself, unless it is worse",
            note: "Compared on the same held-out prompts. Rolling back stays one click.",
            fields: (
              <Field
                label="Points of accuracy it may be worse"
                description="0: it must be at least as good"
                error={rule.success ? undefined : problemsOf(rule.error).tolerance && "Between 0 and 100."}
              >
                <Input
                  type="number"
                  inputMode="decimal"
                  step={0.1}
                  min={0}
                  max={100}
                  className="max-w-32"
                  value={points}
                  onChange={(event) => setPoints(event.target.value)}
                />
              </Field>
            ),
          },
        ]}
      />
    </SettingCard>
  );
}
