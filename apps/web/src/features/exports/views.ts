import type { ProjectId } from "@borda/preferences";
import { z } from "zod";

/** The two files in which a project's rankings can be taken away. */
export const ExportKind = z.enum(["borda", "comparisons"]);
export type ExportKind = z.infer<typeof ExportKind>;

/** What the route is asked for; the message of a refusal names the field and the remedy. */
export const ExportQuery = z.object({
  as: z.enum(
    ExportKind.options,
    `as says which file: write ${ExportKind.options.map((kind) => `as=${kind}`).join(" or ")}.`,
  ),
  /** Without the prompts that nobody ranked. */
  ranked: z
    .literal("1", "ranked leaves out the prompts that nobody ranked: write ranked=1, or leave it away.")
    .optional()
    .transform((given) => given !== undefined),
});

export function exportAddress(projectId: ProjectId, as: ExportKind, ranked: boolean): string {
  return `/api/projects/${projectId}/export?as=${as}${ranked ? "&ranked=1" : ""}`;
}

const contents: Record<ExportKind, string> = { borda: "rankings", comparisons: "comparisons" };

/** The project's name, what is in the file, and the day (UTC). */
export function exportFileName(project: string, as: ExportKind, at: Date): string {
  return `${project} ${contents[as]} ${at.toISOString().slice(0, 10)}.jsonl`;
}
