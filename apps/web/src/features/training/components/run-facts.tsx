import type { ProjectId, RunEvent } from "@borda/preferences";
import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { formatCompact, formatCount } from "@/components/ui/numbers";
import { shortId } from "@/features/checkpoints/views";
import type { RunSummary } from "../views";
import { RecipeTable } from "./recipe-table";

/** What a run was made of: its data and its recipe. */
export function RunFacts({
  projectId,
  run,
  plan,
}: {
  projectId: ProjectId;
  run: RunSummary;
  plan: Extract<RunEvent, { type: "plan" }> | null;
}) {
  const count = (value: number | null | undefined) =>
    value === null || value === undefined ? "–" : formatCount(value);
  return (
    <Card title="Made of">
      <dl className="mb-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
        <Fact name="Prompts">
          {count(run.trainPrompts)} to train on, {count(run.heldOutPrompts)} held out
        </Fact>
        <Fact name="Comparisons">
          {count(run.comparisons)}
          {plan ? `, of which ${count(plan.trainComparisons)} distinct pairs to train on` : null}
        </Fact>
        {plan ? <Fact name="Weights">{formatCompact(plan.parameters)}</Fact> : null}
        <Fact name="Data">
          {run.dataHash ? (
            <code className="font-mono text-xs break-all">{run.dataHash}</code>
          ) : (
            "the snapshot is taken when it starts"
          )}
        </Fact>
        {run.baselineId ? (
          <Fact name="Beside">
            <Link
              href={`/projects/${projectId}/checkpoints/${run.baselineId}`}
              className="rounded font-mono text-accent underline"
            >
              {shortId(run.baselineId)}
            </Link>
            , published when it began
          </Fact>
        ) : null}
      </dl>
      <RecipeTable recipe={run.recipe} />
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </>
  );
}
