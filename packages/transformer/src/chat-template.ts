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

/**
 * What strftime_now says of the day by the directives of Python's strftime: the first minute of 26 July 2024, the day that
 * Llama's own templates take where nobody tells them one.
 */
const day = {
  ...{ "%Y": "2024", "%y": "24", "%m": "07", "%B": "July", "%b": "Jul" },
  ...{ "%d": "26", "%j": "208", "%A": "Friday", "%a": "Fri" },
  ...{ "%H": "00", "%I": "12", "%M": "00", "%S": "00", "%p": "AM" },
};

/** In the template's own language, which Python's jinja2 reads too; "%%" is one percent sign. Its newline is the tag's. */
const fixedDay =
  '{%- macro strftime_now(format) -%}{%- for part in format.split("%%") -%}{{- ("" if loop.first else "%") + (part' +
  Object.entries(day)
    .map(([directive, text]) => ` | replace("${directive}", "${text}")`)
    .join("") +
  ") -}}{%- endfor -%}{%- endmacro %}\n";

/**
 * tokenizer_config.json with one day for good in the templates that ask what day it is: else a conversation's ids would
 * change with the clock, the time zone and the locale, and a checkpoint not score as it was measured. A template that
 * defines strftime_now itself stays as it is, so also one that was saved with it.
 */
export function withFixedDay(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fix = (text: unknown) =>
    typeof text === "string" && text.includes("strftime_now") && !/\bmacro\s+strftime_now\b/.test(text)
      ? fixedDay + text
      : text;
  const field = config.chat_template;
  if (!Array.isArray(field)) return typeof field === "string" ? { ...config, chat_template: fix(field) } : config;
  const named = field.map((each) =>
    typeof each === "object" && each !== null && "template" in each ? { ...each, template: fix(each.template) } : each,
  );
  return { ...config, chat_template: named };
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
