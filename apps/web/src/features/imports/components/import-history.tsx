import type { ProjectId } from "@borda/preferences";
import Link from "next/link";
import { Flush } from "@/components/ui/flush";
import { formatCount } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import { StateBadge } from "@/components/ui/state-badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import { importWords } from "../state-words";
import type { ImportView } from "../views";

export function ImportHistory({ projectId, imports }: { projectId: ProjectId; imports: readonly ImportView[] }) {
  return (
    <Flush>
      <Table caption="Imports, newest first">
        <thead>
          <tr>
            <Th>File</Th>
            <Th>State</Th>
            <Th align="number">Prompts</Th>
            <Th align="number">Completions</Th>
            <Th align="number">Rankings</Th>
            <Th align="number">Bad rows</Th>
            <Th>When</Th>
          </tr>
        </thead>
        <tbody>
          {imports.map((item) => (
            <Tr key={item.id}>
              <Td className="max-w-72">
                <Link
                  href={`/projects/${projectId}/imports/${item.id}`}
                  className="block truncate rounded font-medium text-accent hover:underline"
                >
                  {item.fileName}
                </Link>
              </Td>
              <Td>
                <StateBadge words={importWords} state={item.state} />
              </Td>
              <Td align="number">{formatCount(item.prompts)}</Td>
              <Td align="number">{formatCount(item.completions)}</Td>
              <Td align="number">{formatCount(item.rankings)}</Td>
              <Td align="number">{formatCount(item.badRows)}</Td>
              <Td>
                <RelativeTime at={item.createdAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Flush>
  );
}
