"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { FolderPlus, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { ArchivedProjects } from "./archived-projects";
import { ProjectTile } from "./project-tile";

/** Every project, and the two ways to begin one. */
export function Projects() {
  const trpc = useTRPC();
  const router = useRouter();
  const list = useQuery(trpc.projects.list.queryOptions());
  const demo = useMutation(
    trpc.projects.loadDemo.mutationOptions({ onSuccess: ({ projectId }) => router.push(`/projects/${projectId}`) }),
  );
  const busy = demo.isPending || demo.isSuccess;
  const actions = (
    <>
      <Button onClick={() => demo.mutate()} disabled={busy}>
        {busy ? "Loading the demo…" : "Load the demo project"}
      </Button>
      <LinkButton href="/projects/new" variant="primary">
        <Plus size={16} aria-hidden /> New project
      </LinkButton>
    </>
  );
  const { projects, archived } = list.data ?? {};
  return (
    <>
      <PageHeading
        title="Projects"
        description="Prompts, the people who rank their completions, and the reward model trained on it."
        actions={projects && projects.length > 0 ? actions : null}
      />
      <div className="flex flex-col gap-4">
        <ErrorNote error={list.error ?? demo.error} />
        {projects?.length === 0 ? (
          <div className="rounded-lg border bg-raised">
            <EmptyState icon={<FolderPlus size={32} />} title="Begin with a project" action={actions}>
              The demo brings 24 prompts with four to six completions each, ready to rank. A project of your own begins
              empty and takes a file.
            </EmptyState>
          </div>
        ) : null}
        {projects ? (
          <ul className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-3">
            {projects.map((project) => (
              <ProjectTile key={project.id} project={project} />
            ))}
          </ul>
        ) : list.error ? null : (
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-3">
            <Skeleton className="h-44" />
            <Skeleton className="h-44" />
          </div>
        )}
        {archived && archived.length > 0 ? <ArchivedProjects projects={archived} /> : null}
      </div>
    </>
  );
}
