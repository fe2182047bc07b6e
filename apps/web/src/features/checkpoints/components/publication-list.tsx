import type { ProjectId } from "@borda/preferences";
import Link from "next/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { type PublicationView, shortId } from "../views";

/** What was served when, and why; newest first. */
export function PublicationList({ projectId, history }: { projectId: ProjectId; history: readonly PublicationView[] }) {
  return (
    <ol className="flex flex-col divide-y">
      {history.map(({ id, checkpointId, reason, publishedBy, createdAt }) => (
        <li key={id} className="flex flex-wrap items-baseline gap-x-4 py-2 first:pt-0 last:pb-0">
          <Link
            href={`/projects/${projectId}/checkpoints/${checkpointId}`}
            className="rounded font-mono text-accent hover:underline"
          >
            {shortId(checkpointId)}
          </Link>
          <span className="min-w-0 flex-1">
            {reason}
            {publishedBy ? <span className="text-faint"> by {publishedBy}</span> : null}
          </span>
          <span className="text-xs text-faint">
            <RelativeTime at={createdAt} />
          </span>
        </li>
      ))}
    </ol>
  );
}
