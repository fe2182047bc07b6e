"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, IconButton, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Textarea } from "@/components/ui/field";
import { problemsOf } from "@/components/ui/problems";
import { useTRPC } from "@/trpc/client";
import { failureOf } from "@/trpc/failure";
import { MOST_TRIED, Trial } from "../views";
import { RewardLadder } from "./reward-ladder";

/** A completion being written; the key stays with it while others come and go. */
interface Draft {
  readonly key: number;
  readonly text: string;
}

/** Type a prompt and completions; see what the published model, if there is one, thinks of them. */
export function TryIt({ projectId, published }: { projectId: ProjectId; published: boolean }) {
  const trpc = useTRPC();
  const [prompt, setPrompt] = useState("");
  const [drafts, setDrafts] = useState<readonly Draft[]>([
    { key: 0, text: "" },
    { key: 1, text: "" },
  ]);
  const [checked, setChecked] = useState(false);
  const score = useMutation(trpc.tryIt.score.mutationOptions());
  const trial = Trial.safeParse({ prompt, completions: drafts.map(({ text }) => text) });
  const problems = checked ? problemsOf(trial.error) : {};
  const nextKey = Math.max(...drafts.map(({ key }) => key)) + 1;
  return (
    <>
      <PageHeading
        title="Try it"
        description="Rewards of the published checkpoint, from the scorer that serves the API."
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card>
          <form
            noValidate
            className="flex flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              setChecked(true);
              if (trial.success) score.mutate({ projectId, ...trial.data });
            }}
          >
            <Field label="Prompt" error={problems.prompt ? "Write a prompt." : undefined}>
              <Textarea rows={3} value={prompt} onChange={(event) => setPrompt(event.target.value)} />
            </Field>
            {drafts.map(({ key, text }, index) => (
              <div key={key} className="flex items-start gap-1">
                <Field className="flex-1" label={`Completion ${index + 1}`} error={problems[`completions.${index}`]}>
                  <Textarea
                    rows={3}
                    value={text}
                    onChange={(event) =>
                      setDrafts(drafts.map((draft) => (draft.key === key ? { key, text: event.target.value } : draft)))
                    }
                  />
                </Field>
                <IconButton
                  label={`Remove completion ${index + 1}`}
                  className="mt-6"
                  disabled={drafts.length === 1}
                  onClick={() => setDrafts(drafts.filter((draft) => draft.key !== key))}
                >
                  <X size={16} aria-hidden />
                </IconButton>
              </div>
            ))}
            <div className="flex flex-wrap justify-between gap-2">
              <Button
                disabled={drafts.length >= MOST_TRIED}
                onClick={() => setDrafts([...drafts, { key: nextKey, text: "" }])}
              >
                <Plus size={16} aria-hidden /> Another completion
              </Button>
              <Button type="submit" variant="primary" disabled={score.isPending || !published}>
                {score.isPending ? "Scoring…" : "Score"}
              </Button>
            </div>
          </form>
        </Card>
        <Card title="Rewards">
          <Failure projectId={projectId} error={score.error} />
          {score.data && score.variables ? (
            <RewardLadder result={score.data} texts={score.variables.completions} />
          ) : score.error ? null : !published ? (
            <EmptyState
              title="Nothing published yet"
              action={<LinkButton href={`/projects/${projectId}/training`}>Train a reward model</LinkButton>}
            >
              Train on what is ranked, and publish the checkpoint: then it scores here.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing scored yet">
              Each completion gets a reward. The difference of two gives the probability that people prefer one to the
              other.
            </EmptyState>
          )}
        </Card>
      </div>
    </>
  );
}

function Failure({ projectId, error }: { projectId: ProjectId; error: unknown }) {
  if (!error) return null;
  const unpublished = failureOf(error).reason === "NOTHING_PUBLISHED";
  return (
    <ErrorNote
      error={error}
      action={
        unpublished ? (
          <LinkButton size="sm" href={`/projects/${projectId}/training`}>
            Train
          </LinkButton>
        ) : null
      }
    />
  );
}
