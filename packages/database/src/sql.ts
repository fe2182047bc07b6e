import { randomBytes } from "node:crypto";
import type { QueryResultRow } from "pg";

/** A statement with its values apart: `text` holds $1, $2, ... */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Given: the server parses and plans the statement once a connection, for statements that run all day. */
  readonly name?: string;
}

/**
 * Builds a statement; values become parameters, nested statements are spliced in.
 *
 * Example: sql`SELECT ${1}` is { text: "SELECT $1", values: [1] }.
 */
export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Statement {
  let text = strings[0]!;
  const values: unknown[] = [];
  parts.forEach((part, index) => {
    if (isStatement(part)) {
      text += part.text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + values.length}`);
      values.push(...part.values);
    } else {
      values.push(part);
      text += `$${values.length}`;
    }
    text += strings[index + 1]!;
  });
  return { text, values };
}

export function prepared(name: string, statement: Statement): Statement {
  return { ...statement, name };
}

function isStatement(part: unknown): part is Statement {
  return typeof part === "object" && part !== null && "text" in part && "values" in part;
}

/** Runs one statement; int8 arrives as a number, timestamps as Date, jsonb parsed. */
export type Query = <Row extends QueryResultRow>(statement: Statement) => Promise<Row[]>;

/** A UUID of version 7 (RFC 9562): the first 48 bits are the time in ms, so that keys made together lie together. */
export function newId(now = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
