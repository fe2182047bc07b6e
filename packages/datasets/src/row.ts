import type { Prompt, Ranking } from "@borda/preferences";

/** What one record of a file says of one prompt: its distinct completions, and rankings over their indices. */
export interface DatasetRow {
  /** 1-based line on which the record begins. */
  readonly line: number;
  readonly group: {
    readonly prompt: Prompt;
    readonly completions: readonly { readonly text: string; readonly model?: string }[];
    readonly rankings: readonly (Ranking<number> & { readonly labeler: string })[];
  };
}

/** Why a record, or a part of it, was left out; `remedy` is a sentence to act on. */
export interface RowIssue {
  /** 1-based line on which the record begins. */
  readonly line: number;
  /** Path inside the record, as in `completions[2].text`; empty for the record as a whole. */
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

/** `bytes`: how much of the file (as stored, so compressed if it is) has been read so far. */
export type DatasetEvent =
  | { readonly type: "row"; readonly row: DatasetRow; readonly bytes: number }
  | { readonly type: "issue"; readonly issue: RowIssue; readonly bytes: number };

/** Characters of an issue's text at most: PostgreSQL finds an issue by its texts, and refuses them above 2.7 kB. */
const ISSUE_TEXT = 400;

/** A text that may quote the file, fit to be shown and stored: no control character, no half of a pair, not long. */
export function quotable(text: string): string {
  const visible = text.replace(
    /[\p{Cc}\p{Surrogate}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return visible.length > ISSUE_TEXT ? `${visible.slice(0, ISSUE_TEXT - 1).replace(/\p{Surrogate}$/u, "")}…` : visible;
}

/** Thrown by a format's reader for one record; the walk over the file turns it into a RowIssue. */
export class RowProblem extends Error {
  readonly code = "ROW_PROBLEM";
  readonly field: string;
  readonly problem: string;
  constructor(
    field: string,
    problem: string,
    readonly remedy: string,
  ) {
    super(`${field ? `${field} ` : ""}${problem}: ${remedy}`);
    this.name = "RowProblem";
    this.field = quotable(field);
    this.problem = quotable(problem);
  }
}
