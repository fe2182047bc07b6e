"use client";

import { type ProjectId, Recipe } from "@borda/preferences";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { problemsOf } from "@/components/ui/problems";
import { BackboneCard } from "@/features/backbones/components/backbone-card";
import { type BackboneDesk, useBackbone } from "@/features/backbones/use-backbone";
import { isUnderWay, isUsable } from "@/features/backbones/views";
import { useTRPC } from "@/trpc/client";
import { draftOfRecipe, recipeIn } from "../recipe-fields";
import type { TrainingDesk } from "../views";
import { PlanFigures } from "./plan-figures";
import { RecipeForm } from "./recipe-form";

/** The recipe, beside it what a run started now would train on, and the button. */
export function LaunchDesk({ projectId, desk }: { projectId: ProjectId; desk: TrainingDesk }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [draft, setDraft] = useState(() => draftOfRecipe(desk.recipe));
  const recipe = Recipe.safeParse(recipeIn(draft));
  const heldOutShare = recipe.success ? recipe.data.heldOutShare : desk.recipe.heldOutShare;
  const plan = useQuery(
    trpc.training.plan.queryOptions({ projectId, heldOutShare }, { placeholderData: keepPreviousData }),
  );
  const launch = useMutation(
    trpc.training.launch.mutationOptions({
      onSuccess: ({ runId }) => router.push(`/projects/${projectId}/training/${runId}`),
    }),
  );
  const nothing = plan.data?.trainComparisons === 0;
  const startsFromNothing = recipe.data?.startFrom === "published" && desk.publishedId === null;
  const backbone = useBackbone(draft.backbone);
  const usable = isUsable(draft.backbone, backbone.backbone);
  const ready = recipe.success && usable && !desk.active && !nothing && !startsFromNothing;
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card title="Recipe">
        <RecipeForm
          draft={draft}
          problems={problemsOf(recipe.error)}
          canStartFromPublished={desk.publishedId !== null}
          backbone={<BackboneCard desk={backbone} recipe={recipe.data} completionsAPrompt={desk.completionsAPrompt} />}
          onChange={setDraft}
        />
      </Card>
      <Card title="What it would train on" className="order-first lg:sticky lg:top-16 lg:order-none">
        <div className="flex flex-col gap-4">
          <ErrorNote error={plan.error} />
          <PlanFigures
            plan={plan.data}
            ties={recipe.data?.ties ?? desk.recipe.ties}
            published={desk.publishedId !== null}
          />
          {desk.active ? (
            <div className="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2">
              <p className="min-w-0 flex-1 basis-40">
                One training a project at a time: one is {desk.active.state === "QUEUED" ? "waiting" : "running"} now.
              </p>
              <LinkButton size="sm" href={`/projects/${projectId}/training/${desk.active.id}`}>
                Watch it
              </LinkButton>
            </div>
          ) : null}
          {nothing ? (
            <div className="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2">
              <p className="min-w-0 flex-1 basis-40">
                {plan.data?.rankings === 0
                  ? "Nothing is ranked yet. Rank some prompts or import rankings first."
                  : "No comparison is on the training side. Collect more rankings, or hold out less."}
              </p>
              <LinkButton size="sm" href={`/projects/${projectId}/labelers`}>
                Labelers
              </LinkButton>
            </div>
          ) : null}
          {startsFromNothing ? (
            <p className="text-bad">Nothing is published to start from: choose the backbone under “Start from”.</p>
          ) : null}
          {recipe.success ? null : <p className="text-bad">A field of the recipe needs a look.</p>}
          {recipe.success && !usable && backbone.backbone !== undefined ? <Unprepared desk={backbone} /> : null}
          <ErrorNote error={launch.error} />
          <Button
            variant="primary"
            disabled={!ready || launch.isPending || launch.isSuccess}
            onClick={() => recipe.success && launch.mutate({ projectId, recipe: recipe.data })}
          >
            <Play size={16} aria-hidden /> Start training
          </Button>
        </div>
      </Card>
    </div>
  );
}

/** Why a run of this backbone would be refused, and the way out. */
function Unprepared({ desk: { backbone, busy, prepare } }: { desk: BackboneDesk }) {
  const waits = backbone ? isUnderWay(backbone.state) : false;
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2">
      <p className="min-w-0 flex-1 basis-40">
        {waits
          ? "The backbone is being prepared; then a run can start."
          : backbone?.state === "FAILED"
            ? "The backbone cannot be used as it is: see what is wrong with it under the recipe."
            : "The backbone is not prepared yet: the worker has to fetch and check it first."}
      </p>
      {waits ? null : (
        <Button size="sm" disabled={busy} onClick={prepare}>
          Prepare the backbone
        </Button>
      )}
    </div>
  );
}
