"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { useTRPC } from "@/trpc/client";
import { patience } from "../patience";
import type { ProgressView, ProjectView, TaskView } from "../server/views";
import { TaskDesk } from "./task-desk";

/** One task after the other, until nothing is left for this labeler. */
export function RankingPage({
  project,
  firstTask,
  firstProgress,
}: {
  project: ProjectView;
  firstTask: TaskView | null;
  firstProgress: ProgressView;
}) {
  const { projectId } = project;
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [task, setTask] = useState(firstTask);
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const progressOptions = trpc.labeling.progress.queryOptions({ projectId }, { staleTime: 60_000 });
  const { data: progress } = useQuery({ ...progressOptions, initialData: firstProgress });
  const next = useMutation(trpc.labeling.nextTask.mutationOptions(patience));

  const advance = (ended: "ranked" | "skipped" | "lapsed") => {
    if (ended === "ranked") setSavedAt(new Date());
    next.mutate(
      { projectId },
      {
        onSuccess: (found) => {
          setTask(found);
          // Counted here at once; the server's own count comes with the next look.
          if (ended !== "lapsed")
            queries.setQueryData(progressOptions.queryKey, (now = firstProgress) => ({
              done: now.done + (ended === "ranked" ? 1 : 0),
              skipped: now.skipped + (ended === "skipped" ? 1 : 0),
              remaining: Math.max(0, now.remaining - 1),
            }));
          if (!found) void queries.invalidateQueries({ queryKey: progressOptions.queryKey });
        },
      },
    );
  };
  const look = () => advance("lapsed");

  if (task)
    return (
      <>
        {next.failureReason ? (
          <div className="fixed inset-x-4 top-14 z-40 mx-auto max-w-xl">
            <ErrorNote
              error={next.failureReason}
              action={
                next.isError ? (
                  <Button size="sm" onClick={look}>
                    Try again
                  </Button>
                ) : null
              }
            />
          </div>
        ) : null}
        <TaskDesk
          key={task.taskId}
          project={project}
          task={task}
          progress={progress}
          savedAt={savedAt}
          onEnd={advance}
        />
      </>
    );
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <EmptyState
        title="Nothing left to rank here"
        action={
          <>
            <Button disabled={next.isPending} onClick={look}>
              Look again
            </Button>
            <LinkButton href="/label" variant="primary">
              My projects
            </LinkButton>
          </>
        }
      >
        You ranked {progress.done} {progress.done === 1 ? "task" : "tasks"} of {project.name}. Thank you. New ones
        appear when more prompts come in, or when a colleague gives one back.
        <ErrorNote error={next.failureReason} />
      </EmptyState>
    </main>
  );
}
