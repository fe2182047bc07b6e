import type { z } from "zod";

/** Problems of a form by the dotted path of the field, the first of each; whole sentences for what zod says tersely. */
export function problemsOf(error: z.ZodError | undefined): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { code, path, message } of error?.issues ?? []) {
    const field = path.join(".");
    problems[field] ??= code === "invalid_type" && message.startsWith("Invalid input") ? "Give a number." : message;
  }
  return problems;
}

/** The number in a text field; NaN for none, so that an empty field is no 0. */
export function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
