import { z } from "zod";

/** One turn of a conversation, in the roles that chat templates know. */
export const ChatMessage = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

/** A prompt is plain text, or the chat that a completion continues. */
export const Prompt = z.union([z.string().min(1), z.array(ChatMessage).min(1)]);
export type Prompt = z.infer<typeof Prompt>;

/**
 * The one text form of a prompt, for models without a chat template, for hashing and for search.
 * A chat becomes turns headed by their role, separated by blank lines.
 *
 * Example: [{role: "user", content: "Hi"}] becomes "User: Hi".
 */
export function promptText(prompt: Prompt): string {
  if (typeof prompt === "string") return prompt;
  return prompt.map(({ role, content }) => `${heading[role]}: ${content}`).join("\n\n");
}

const heading = { system: "System", user: "User", assistant: "Assistant" } as const;
