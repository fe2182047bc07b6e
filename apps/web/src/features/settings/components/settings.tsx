"use client";

import type { ProjectId } from "@borda/preferences";
import { useQuery } from "@tanstack/react-query";
import { PageHeading } from "@/components/shell/page-heading";
import { ErrorNote } from "@/components/ui/error-note";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { DangerCard } from "./danger-card";
import { PublishRuleCard } from "./publish-rule-card";
import { RankingCard } from "./ranking-card";
import { RetrainRuleCard } from "./retrain-rule-card";

/** How the project is ranked, when it retrains, what is published, and how it ends. */
export function Settings({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const settings = useQuery(trpc.settings.get.queryOptions({ projectId }, { refetchOnWindowFocus: false }));
  return (
    <>
      <PageHeading title="Settings" description="How this project is ranked, trained and published." />
      <div className="flex max-w-3xl flex-col gap-4">
        <ErrorNote error={settings.error} />
        {settings.data ? (
          <>
            <RankingCard settings={settings.data} />
            <RetrainRuleCard settings={settings.data} />
            <PublishRuleCard settings={settings.data} />
            <DangerCard settings={settings.data} />
          </>
        ) : settings.error ? null : (
          <>
            <Skeleton className="h-96" />
            <Skeleton className="h-40" />
          </>
        )}
      </div>
    </>
  );
}
