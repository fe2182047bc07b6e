import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { failureOf } from "@/trpc/failure";

/** An error next to its cause, announced when it appears. `error`: anything thrown; nothing shows without one. */
export function ErrorNote({ error, action }: { error: unknown; action?: ReactNode }) {
  if (error === null || error === undefined) return null;
  return (
    <div role="alert" className="flex items-start gap-2 rounded-md border border-bad bg-bad-wash px-3 py-2 text-sm">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-bad" />
      <p className="min-w-0 flex-1 wrap-anywhere whitespace-pre-line">{failureOf(error).message}</p>
      {action}
    </div>
  );
}
