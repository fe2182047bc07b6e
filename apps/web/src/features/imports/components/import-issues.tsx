"use client";

import type { ImportId } from "@borda/preferences";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";
import { Flush } from "@/components/ui/flush";
import { formatCount } from "@/components/ui/numbers";
import { Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "@/trpc/client";
import { IssueTable } from "./issue-table";

/** The rows that were left out, a page at a time, and all of them as a file. */
export function ImportIssues({ importId, badRows }: { importId: ImportId; badRows: number }) {
  const trpc = useTRPC();
  const [page, setPage] = useState(0);
  const found = useQuery(
    trpc.imports.issues.queryOptions({ importId, page }, { placeholderData: keepPreviousData, staleTime: 0 }),
  );
  const file = (as: "jsonl" | "csv") => `/api/imports/${importId}/issues?as=${as}`;
  const { issues, total, pageSize } = found.data ?? { issues: [], total: 0, pageSize: 1 };
  return (
    <Card
      title={`${formatCount(badRows)} ${badRows === 1 ? "row" : "rows"} did not come in`}
      actions={
        <>
          <a className={buttonClass("secondary", "sm")} href={file("csv")} download>
            <Download size={14} aria-hidden /> CSV
          </a>
          <a className={buttonClass("secondary", "sm")} href={file("jsonl")} download>
            <Download size={14} aria-hidden /> JSON Lines
          </a>
        </>
      }
    >
      <ErrorNote error={found.error} />
      {found.isPending ? <Skeleton className="h-40" /> : null}
      <Flush>{issues.length > 0 ? <IssueTable issues={issues} /> : null}</Flush>
      {total > pageSize ? (
        <div className="mt-4 flex items-center justify-end gap-2">
          <span className="mr-2 text-xs text-faint tabular-nums">
            {formatCount(page * pageSize + 1)} to {formatCount(Math.min(total, (page + 1) * pageSize))} of{" "}
            {formatCount(total)}
          </span>
          <Button size="sm" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Before
          </Button>
          <Button size="sm" disabled={(page + 1) * pageSize >= total} onClick={() => setPage(page + 1)}>
            Next
          </Button>
        </div>
      ) : null}
    </Card>
  );
}
