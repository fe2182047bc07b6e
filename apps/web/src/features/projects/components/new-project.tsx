"use client";

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { problemsOf } from "@/components/ui/problems";
import { useTRPC } from "@/trpc/client";
import { ProjectForm } from "../views";
import { draftOf, formOf, RankingFields } from "./ranking-fields";

const empty = draftOf({ name: "", guidelines: "", kMin: 2, kMax: 9, rankingsWanted: 2 });

export function NewProject() {
  const trpc = useTRPC();
  const router = useRouter();
  const [draft, setDraft] = useState(empty);
  const [checked, setChecked] = useState(false);
  const create = useMutation(
    trpc.projects.create.mutationOptions({
      onSuccess: ({ projectId }) => router.push(`/projects/${projectId}/imports`),
    }),
  );
  const form = ProjectForm.safeParse(formOf(draft));
  return (
    <>
      <PageHeading title="New project" description="All of this can be changed later." />
      <Card className="max-w-3xl">
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault();
            setChecked(true);
            if (form.success) create.mutate(form.data);
          }}
        >
          <RankingFields draft={draft} problems={checked ? problemsOf(form.error) : {}} onChange={setDraft} />
          <ErrorNote error={create.error} />
          <div className="flex justify-end gap-2">
            <LinkButton href="/projects" variant="quiet">
              Back
            </LinkButton>
            <Button type="submit" variant="primary" disabled={create.isPending || create.isSuccess}>
              Create the project
            </Button>
          </div>
        </form>
      </Card>
    </>
  );
}
