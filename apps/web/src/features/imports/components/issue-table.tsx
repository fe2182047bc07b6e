import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PreviewView } from "../views";

/** Bad rows: where, what, and what to do about it. */
export function IssueTable({ issues }: { issues: PreviewView["issues"] }) {
  return (
    <Table caption="Rows that did not come in">
      <thead>
        <tr>
          <Th align="number">Line</Th>
          <Th>Field</Th>
          <Th>Problem</Th>
          <Th>Remedy</Th>
        </tr>
      </thead>
      <tbody>
        {issues.map(({ line, field, problem, remedy }) => (
          <Tr key={`${line} ${field} ${problem}`}>
            <Td align="number">{line}</Td>
            <Td className="max-w-60 min-w-24 font-mono text-xs leading-5 break-words">
              {field || <span className="text-faint">row</span>}
            </Td>
            <Td className="min-w-48">{problem}</Td>
            <Td className="min-w-48">{remedy}</Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
