import { ImportId, Prompt } from "@borda/preferences";
import { z } from "zod";

export const ImportState = z.enum(["UPLOADED", "QUEUED", "RUNNING", "FINISHED", "CANCELLED", "FAILED"]);
export type ImportState = z.infer<typeof ImportState>;

/** An import and what it added; `bytesRead` of `bytes` is how far the file has been read. */
export const ImportView = z.object({
  id: ImportId,
  state: ImportState,
  fileName: z.string(),
  format: z.string().nullable(),
  bytes: z.int(),
  bytesRead: z.int(),
  rowsRead: z.int(),
  badRows: z.int(),
  prompts: z.int(),
  completions: z.int(),
  rankings: z.int(),
  error: z.string().nullable(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
});
export type ImportView = z.infer<typeof ImportView>;

/** Whether an import may still change by itself. */
export function isUnderWay(state: ImportState): boolean {
  return state === "UPLOADED" || state === "QUEUED" || state === "RUNNING";
}

/** A row that did not come in. */
export const IssueView = z.object({
  line: z.int(),
  field: z.string(),
  problem: z.string(),
  remedy: z.string(),
});

/** What is recognised of a file before anything of it is stored. */
export const PreviewView = z.object({
  format: z.object({ name: z.string(), title: z.string() }),
  /** Fields of the first rows that the format does not read. */
  ignored: z.array(z.string()),
  rows: z.array(
    z.object({
      line: z.int(),
      prompt: Prompt,
      completions: z.array(z.object({ text: z.string(), model: z.string().optional() })),
      rankings: z.array(z.object({ labeler: z.string(), tiers: z.array(z.array(z.int())) })),
    }),
  ),
  issues: z.array(IssueView),
});
export type PreviewView = z.infer<typeof PreviewView>;

/** How much of a file's beginning is sent to be recognised. */
export const PREVIEW_BYTES = 4_000_000;

/** How the routes for files say what went wrong. */
export const FileProblem = z.object({ code: z.string(), message: z.string() });
