import { createHash } from "node:crypto";
import type { Prompt } from "@borda/preferences";

/**
 * SHA-256, in hex, of a prompt's canonical form: the text as a JSON string, or the chat as a JSON list of
 * [role, content]. The identity of a prompt in files, in the database and in the train / held-out split.
 */
export function keyOf(prompt: Prompt): string {
  const canonical = typeof prompt === "string" ? prompt : prompt.map(({ role, content }) => [role, content]);
  return textHash(JSON.stringify(canonical));
}

/** SHA-256 of the UTF-8 text, in hex: the identity of a completion within its prompt. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
