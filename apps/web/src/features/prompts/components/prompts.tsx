"use client";

import type { ProjectId } from "@borda/preferences";
import { useInfiniteQuery } from "@tanstack/react-query";
import { MessageSquareText, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { PageHeading } from "@/components/shell/page-heading";
import { Button, LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote } from "@/components/ui/error-note";
import { Field, Input, Select } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { ExportButton } from "@/features/exports/components/export-button";
import { useTRPC } from "@/trpc/client";
import { PromptFilter, promptFilters } from "../views";
import { PromptTable } from "./prompt-table";

/** Every prompt of the project, found by words and by where it stands. */
export function Prompts({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const [words, setWords] = useState("");
  const [filter, setFilter] = useState<PromptFilter>("all");
  const search = useDeferredValue(words.trim());
  const found = useInfiniteQuery(
    trpc.prompts.list.infiniteQueryOptions(
      { projectId, search, filter },
      { getNextPageParam: ({ next }) => next, placeholderData: (previous) => previous },
    ),
  );
  const rows = found.data?.pages.flatMap((page) => page.rows);
  const filtered = search !== "" || filter !== "all";
  return (
    <>
      <PageHeading
        title="Prompts"
        description="What is ranked, and how far it is."
        actions={<ExportButton projectId={projectId} disabled={!filtered && !rows?.length} />}
      />
      <div className="flex flex-col gap-4">
        <search className="grid grid-cols-1 gap-3 sm:grid-cols-[1fr_16rem]">
          <Field label={<span className="sr-only">Words in the prompt</span>}>
            <span className="relative">
              <Search size={14} aria-hidden className="absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
              <Input
                type="search"
                className="pl-8"
                placeholder="Words in the prompt"
                maxLength={200}
                value={words}
                onChange={(event) => setWords(event.target.value)}
              />
            </span>
          </Field>
          <Field label={<span className="sr-only">Which prompts</span>}>
            <Select value={filter} onChange={(event) => setFilter(PromptFilter.parse(event.target.value))}>
              {PromptFilter.options.map((option) => (
                <option key={option} value={option}>
                  {promptFilters[option]}
                </option>
              ))}
            </Select>
          </Field>
        </search>
        <ErrorNote error={found.error} />
        {rows === undefined ? (
          found.error ? null : (
            <Skeleton className="h-96" />
          )
        ) : rows.length > 0 ? (
          <PromptTable projectId={projectId} rows={rows} />
        ) : (
          <div className="rounded-lg border bg-raised">
            {filtered ? (
              <EmptyState
                title="No prompt fits"
                action={
                  <Button
                    onClick={() => {
                      setWords("");
                      setFilter("all");
                    }}
                  >
                    Show all prompts
                  </Button>
                }
              >
                Try other words, or another filter.
              </EmptyState>
            ) : (
              <EmptyState
                icon={<MessageSquareText size={32} />}
                title="No prompts yet"
                action={
                  <LinkButton href={`/projects/${projectId}/imports`} variant="primary">
                    Import a file
                  </LinkButton>
                }
              >
                Prompts come with their completions, from a file.
              </EmptyState>
            )}
          </div>
        )}
        {found.hasNextPage ? (
          <Button className="self-center" disabled={found.isFetchingNextPage} onClick={() => found.fetchNextPage()}>
            {found.isFetchingNextPage ? "Loading…" : "Show more"}
          </Button>
        ) : null}
      </div>
    </>
  );
}
