import { z } from "zod";

/** Input that a command cannot work with; the message is one sentence with the remedy. */
export class BadInput extends Error {
  readonly code = "BAD_INPUT";
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BadInput";
  }
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "lies below something that is no folder",
  EACCES: "may not be read or written by you",
  ENOSPC: "cannot be written: the disk is full",
};

/** What to tell the user of an error: file system errors in words, others by their own message, on one line. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const problem = code === undefined ? undefined : fileProblems[code];
  if (problem && path !== undefined) return `${path} ${problem}.`;
  return error.message.replace(/\s*\n\s*/g, " ");
}

/** A zod error as "field: what is wrong". */
export function fieldProblem(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const field = z.core.toDotPath(issue.path) || "the whole";
  return `${field}: ${issue.message}`;
}
