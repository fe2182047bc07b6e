import type { Recipe } from "@borda/preferences";
import { Figure } from "@/components/ui/figure";
import { formatCount, formatPercent } from "@/components/ui/numbers";
import { Skeleton } from "@/components/ui/skeleton";
import type { TrainingPlan } from "../views";

/** The split as a bar, and its counts. */
export function PlanFigures({
  plan,
  ties,
  published,
}: {
  plan: TrainingPlan | undefined;
  ties: Recipe["ties"];
  published: boolean;
}) {
  if (!plan) return <Skeleton className="h-40" />;
  const prompts = plan.trainPrompts + plan.heldOutPrompts;
  const share = prompts === 0 ? 0 : plan.trainPrompts / prompts;
  return (
    <div className="flex flex-col gap-4">
      <div>
        <div aria-hidden className="flex h-3 gap-0.5 overflow-hidden rounded-sm bg-sunken">
          <div className="bg-accent" style={{ width: `${share * 100}%` }} />
          <div className="flex-1 bg-edge" />
        </div>
        <p className="mt-1 flex justify-between gap-3 text-xs text-faint tabular-nums">
          <span>train {prompts === 0 ? "–" : formatPercent(share, 0)}</span>
          <span>{prompts === 0 ? "–" : formatPercent(1 - share, 0)} held out</span>
        </p>
      </div>
      <div className="grid grid-cols-2 gap-4">
        <Figure label="Prompts to train on" value={formatCount(plan.trainPrompts)} />
        <Figure
          label="Prompts held out"
          value={formatCount(plan.heldOutPrompts)}
          note={plan.heldOutPrompts === 0 ? "none: accuracy cannot be measured" : undefined}
        />
        <Figure label="Comparisons to train on" value={formatCount(plan.trainComparisons)} />
        <Figure label="Comparisons held out" value={formatCount(plan.comparisons - plan.trainComparisons)} />
      </div>
      <p className="text-xs text-faint">
        From {formatCount(plan.rankings)} rankings
        {published ? `; ${formatCount(plan.newComparisons)} comparisons are new since the published checkpoint` : null}.{" "}
        {sayTies(plan, ties)}
      </p>
    </div>
  );
}

function sayTies({ ties, trainTies }: TrainingPlan, rule: Recipe["ties"]): string {
  if (ties === 0) return "No pair is tied.";
  const counted = `${formatCount(ties)} tied ${ties === 1 ? "pair" : "pairs"} besides, ${formatCount(trainTies)} to train on`;
  return `${counted}: ${rule === "half" ? "each is half a win for both sides." : "left out."}`;
}
