import { promptText } from "@borda/preferences";
import { Badge } from "@/components/ui/badge";
import { Table, Td, Th, Tr } from "@/components/ui/table";
import type { PreviewView } from "../views";
import { IssueTable } from "./issue-table";

/** What a file was recognised as, and its first rows as they would come in. */
export function FilePreview({ preview: { format, ignored, rows, issues } }: { preview: PreviewView }) {
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="accent">{format.title}</Badge>
        <span className="text-soft">
          {rows.length > 0
            ? `${rows.length === 1 ? "One row, as it" : `The first ${rows.length} rows, as they`} would come in. Nothing is stored yet.`
            : "None of the first rows can be read. Nothing is stored yet."}
        </span>
      </p>
      {ignored.length > 0 ? (
        <p className="text-soft">
          Not read, as {format.title} has no such {ignored.length === 1 ? "field" : "fields"}:{" "}
          <span className="break-words font-mono text-sm">{ignored.join(", ")}</span>
        </p>
      ) : null}
      {rows.length > 0 ? (
        <div className="rounded-md border">
          <Table caption="First rows of the file">
            <thead>
              <tr>
                <Th align="number">Line</Th>
                <Th>Prompt</Th>
                <Th>Completions</Th>
                <Th>Rankings</Th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ line, prompt, completions, rankings }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows of a fixed preview; one line may make several.
                <Tr key={i}>
                  <Td align="number">{line}</Td>
                  <Td className="min-w-64">
                    <span className="line-clamp-3">{promptText(prompt)}</span>
                    {typeof prompt === "string" ? null : (
                      <span className="text-xs text-faint">
                        chat, {prompt.length} {prompt.length === 1 ? "turn" : "turns"}
                      </span>
                    )}
                  </Td>
                  <Td className="min-w-64">
                    <span className="line-clamp-2">{completions[0]?.text}</span>
                    <span className="text-xs text-faint">
                      {completions.length} in all
                      {modelsOf(completions)}
                    </span>
                  </Td>
                  <Td className="whitespace-nowrap">
                    {rankings.length === 0 ? <span className="text-faint">none</span> : null}
                    {rankings.slice(0, 3).map(({ labeler, tiers }) => (
                      <span key={labeler} className="block">
                        <span className="text-faint">{labeler}</span> {sayTiers(tiers)}
                      </span>
                    ))}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      ) : null}
      {issues.length > 0 ? (
        <div>
          <p className="mb-2 font-medium">Rows that would be left out, as far as was read</p>
          <div className="rounded-md border">
            <IssueTable issues={issues} />
          </div>
        </div>
      ) : null}
    </div>
  );
}

function modelsOf(completions: PreviewView["rows"][number]["completions"]): string {
  const models = [...new Set(completions.flatMap(({ model }) => (model ? [model] : [])))];
  if (models.length === 0) return "";
  return `, by ${models.slice(0, 3).join(", ")}${models.length > 3 ? " and others" : ""}`;
}

/** [[1], [0, 2]] becomes "2 > 1 = 3": completions by their place in the file. */
function sayTiers(tiers: readonly (readonly number[])[]): string {
  return tiers.map((tier) => tier.map((index) => index + 1).join(" = ")).join(" > ");
}
