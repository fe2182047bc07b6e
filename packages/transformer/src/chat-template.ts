import type { ChatMessage } from "@borda/preferences";
import { Template } from "@huggingface/jinja";
import { InvalidTokenizer } from "./errors";

/** Turns a conversation into the text that a model was trained on. */
export interface ChatTemplate {
  /** With the opening of the answer that is to follow, or without. Throws InvalidTokenizer where the template refuses. */
  render(messages: readonly ChatMessage[], ending: "whole" | "answer follows"): string;
}

/** Of tokenizer_config.json's fields those that a template may name. */
const specialTokens = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token"] as const;

/**
 * The template of tokenizer_config.json: its text, or of several the one named "default". Nothing where there is none.
 * `where` names the file in errors.
 */
export function chatTemplateOf(config: Readonly<Record<string, unknown>>, where: string): ChatTemplate | undefined {
  const text = templateText(config.chat_template);
  if (text === undefined) return undefined;
  const template = attempt(`${where}: chat_template cannot be read`, () => new Template(text));
  const tokens = Object.fromEntries(
    specialTokens.flatMap((name) => {
      const content = contentOf(config[name]);
      return content === undefined ? [] : [[name, content]];
    }),
  );
  return {
    render: (messages, ending) =>
      attempt(`${where}: chat_template refuses a conversation of ${messages.map(({ role }) => role).join(", ")}`, () =>
        template.render({ ...tokens, messages, add_generation_prompt: ending === "answer follows" }),
      ),
  };
}

/** A special token, which is written as its text or as an object about it. */
export function contentOf(field: unknown): string | undefined {
  if (typeof field === "object" && field !== null && "content" in field) return contentOf(field.content);
  return typeof field === "string" ? field : undefined;
}

function templateText(field: unknown): string | undefined {
  if (!Array.isArray(field)) return typeof field === "string" ? field : undefined;
  const named = field.find((each: { name?: unknown } | null) => each?.name === "default") as
    | { template?: unknown }
    | undefined;
  return typeof named?.template === "string" ? named.template : undefined;
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new InvalidTokenizer(`${what}: ${(cause as Error).message}`, { cause });
  }
}
