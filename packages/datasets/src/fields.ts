import { RowProblem } from "./row";

/**
 * Checked reading of a parsed record. Written out rather than left to zod because each refusal must name the remedy,
 * not only what is wrong. Every function throws RowProblem.
 */
export type JsonObject = Readonly<Record<string, unknown>>;

export function objectAt(value: unknown, field: string): JsonObject {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new RowProblem(field, `is ${kindOf(value)}`, "Make it a JSON object.");
  return value as JsonObject;
}

export function listAt(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RowProblem(field, `is ${kindOf(value)}`, "Make it a JSON array.");
  return value;
}

/** A text that people can read: not blank, and storable (no NUL, no half of a surrogate pair). */
export function textAt(value: unknown, field: string): string {
  const text = anyTextAt(value, field);
  if (text.trim() === "") throw new RowProblem(field, "is empty", "Write the text, or remove the row.");
  return text;
}

/** A text that may be blank, as the input of an instruction that needs none. */
export function anyTextAt(value: unknown, field: string): string {
  if (typeof value !== "string") throw new RowProblem(field, `is ${kindOf(value)}`, "Make it a text in quotes.");
  if (value.includes("\0")) throw new RowProblem(field, "holds a NUL character", "Remove the character U+0000.");
  if (/\p{Surrogate}/u.test(value))
    throw new RowProblem(field, "holds half of a surrogate pair", "Write the character whole, in UTF-8.");
  return value;
}

export function optionalTextAt(value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : textAt(value, field);
}

/** A whole number of at least `least`. */
export function integerAt(value: unknown, field: string, least = 0): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least)
    throw new RowProblem(field, `is ${shown(value)}`, `Make it a whole number of at least ${least}.`);
  return value;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : kindOf(value);
}

export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return { string: "a text", number: "a number", boolean: "a boolean" }[typeof value as string] ?? "an object";
}
