"use client";

import type { ProjectId, PromptId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { Markdown } from "@/components/markdown/markdown";
import { PageHeading } from "@/components/shell/page-heading";
import { Badge } from "@/components/ui/badge";
import { LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { formatNoun, formatPercent } from "@/components/ui/numbers";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { standingsOf } from "../standings";
import type { PromptStory } from "../views";
import { PromptRankings } from "./prompt-rankings";

/** A letter a completion, in the order of arrival; beyond Z, its number. */
const nameOf = (index: number) => (index < 26 ? String.fromCharCode(65 + index) : String(index + 1));

/** One prompt's story: what was asked, what was written, who ranked it how. */
export function PromptPage({ projectId, promptId }: { projectId: ProjectId; promptId: PromptId }) {
  const trpc = useTRPC();
  const story = useQuery(trpc.prompts.get.queryOptions({ promptId }));
  return (
    <>
      <PageHeading
        title="Prompt"
        description={
          story.data ? (
            <span className="flex flex-wrap gap-2">
              <Badge tone={story.data.side === "held-out" ? "accent" : "neutral"}>
                {story.data.side === "held-out" ? "held out: measured on, never trained on" : "trained on"}
              </Badge>
              {story.data.tasksOpen > 0 ? (
                <Badge>{formatNoun(story.data.tasksOpen, "ranking")} still wanted</Badge>
              ) : null}
            </span>
          ) : null
        }
        actions={
          <LinkButton href={`/projects/${projectId}/prompts`} variant="quiet">
            <ArrowLeft size={16} aria-hidden /> All prompts
          </LinkButton>
        }
      />
      <ErrorNote error={story.error} />
      {story.data ? <Story story={story.data} /> : story.error ? null : <Skeleton className="h-96" />}
    </>
  );
}

function Story({ story }: { story: PromptStory }) {
  const letters = new Map(story.completions.map(({ id }, index) => [id, nameOf(index)]));
  const standings = standingsOf(story);
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Asked">
          {typeof story.prompt === "string" ? (
            <Markdown text={story.prompt} />
          ) : (
            <ol className="flex flex-col gap-3">
              {story.prompt.map(({ role, content }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the turns of a stored prompt never change.
                <li key={i} className={role === "user" ? "" : "rounded-md bg-sunken px-3 py-2"}>
                  <p className="eyebrow capitalize">{role}</p>
                  <Markdown text={content} />
                </li>
              ))}
            </ol>
          )}
        </Card>
        {story.completions.map(({ id, text, model }, i) => {
          const { won, comparisons } = standings[i]!;
          return (
            <Card
              key={id}
              title={
                <span className="flex items-baseline gap-3">
                  {nameOf(i)}
                  {model ? <span className="truncate text-sm font-normal text-faint">{model}</span> : null}
                </span>
              }
              actions={
                won === null ? (
                  <span className="text-xs text-faint">not ranked yet</span>
                ) : (
                  <span className="text-xs text-faint tabular-nums">
                    wins <span className="text-sm font-semibold text-ink">{formatPercent(won, 0)}</span> of{" "}
                    {comparisons === 1 ? "the only comparison" : `${comparisons} comparisons`}
                  </span>
                )
              }
            >
              <Markdown text={text} />
            </Card>
          );
        })}
      </div>
      <PromptRankings story={story} letters={letters} />
    </div>
  );
}
