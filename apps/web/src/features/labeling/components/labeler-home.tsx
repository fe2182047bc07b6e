import { Markdown } from "@/components/markdown/markdown";
import { LinkButton } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import type { ProgressView, ProjectView } from "../server/views";

/** A labeler's projects with their own progress; what to do next is one button each. */
export function LabelerHome({ projects }: { projects: readonly (ProjectView & { progress: ProgressView })[] }) {
  if (projects.length === 0)
    return (
      <EmptyState title="You rank in no project yet">
        Ask the admin of a project for an invitation link, and open it in this browser.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4">
      {projects.map(({ projectId, name, guidelines, progress: { done, skipped, remaining } }) => (
        <section key={projectId} aria-labelledby={`project-${projectId}`} className="rounded-lg border bg-raised">
          <div className="flex flex-wrap items-center gap-x-6 gap-y-3 p-4">
            <div className="min-w-0 flex-1 basis-64">
              <h2 id={`project-${projectId}`} className="mb-2 text-lg font-semibold">
                {name}
              </h2>
              <Progress
                label={remaining > 0 ? `${formatCount(remaining)} left for you` : "Nothing left for you now"}
                value={done}
                max={done + remaining}
                detail={`${formatCount(done)} ranked${skipped > 0 ? `, ${formatCount(skipped)} skipped` : ""}`}
              />
            </div>
            <LinkButton
              href={`/label/${projectId}`}
              variant={remaining > 0 ? "primary" : "secondary"}
              // Opening the page takes a task: never in advance.
              prefetch={false}
            >
              {remaining === 0 ? "Look for tasks" : done > 0 ? "Continue" : "Start ranking"}
            </LinkButton>
          </div>
          {guidelines.trim() ? (
            <details className="border-t" open={done === 0}>
              <summary className="cursor-pointer px-4 py-2 font-medium text-soft hover:text-ink">Guidelines</summary>
              <div className="px-4 pb-4 text-base">
                <Markdown text={guidelines} />
              </div>
            </details>
          ) : null}
        </section>
      ))}
    </div>
  );
}
