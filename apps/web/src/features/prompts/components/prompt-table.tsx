import type { ProjectId } from "@borda/preferences";
import Link from "next/link";
import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/components/ui/numbers";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PromptRow } from "../views";

export function PromptTable({ projectId, rows }: { projectId: ProjectId; rows: readonly PromptRow[] }) {
  return (
    <div className="rounded-lg border bg-raised">
      <Table caption="Prompts in the order in which they are offered">
        <thead>
          <tr>
            <Th>Prompt</Th>
            <Th align="number">Completions</Th>
            <Th align="number">Rankings</Th>
            <Th align="number">Imported</Th>
            <Th align="number">Still wanted</Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.id}>
              <Td className="min-w-64">
                <Link
                  href={`/projects/${projectId}/prompts/${row.id}`}
                  className="line-clamp-2 rounded font-medium hover:text-accent hover:underline"
                >
                  {row.text}
                </Link>
                {row.turns !== null || row.skips > 0 ? (
                  <span className="mt-1 flex gap-1.5">
                    {row.turns === null ? null : (
                      <Badge>
                        chat, {row.turns} {row.turns === 1 ? "turn" : "turns"}
                      </Badge>
                    )}
                    {row.skips > 0 ? <Badge tone="warn">skipped {formatCount(row.skips)} ×</Badge> : null}
                  </span>
                ) : null}
              </Td>
              <Td align="number">{formatCount(row.completions)}</Td>
              <Td align="number">{formatCount(row.made)}</Td>
              <Td align="number">{formatCount(row.imported)}</Td>
              <Td align="number">{formatCount(row.tasksOpen)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}
