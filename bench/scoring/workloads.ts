import type { Backbone } from "@borda/transformer";
import { z } from "zod";
import { rankedPrompts } from "../retrain/data";
import type { Workload } from "./job";

/** Words that BERT's tokenizer has whole. */
const words = "the of and to in that it is was for on are with as at be this have from one had by word but not".split(
  " ",
);
/** [CLS] prompt [SEP] completion [SEP] */
const SPECIAL_TOKENS = 3;
/** Completions of a prompt. */
const k = 4;

/** Rows of exactly that many tokens, half of them the prompt's; about as many tokens in all at every length. */
export function equalLengths(length: number, tokens: number): Workload {
  const text = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => words[(from + i * (1 + (from % 5))) % words.length]).join(" ");
  const prompt = Math.floor((length - SPECIAL_TOKENS) / 2);
  const groups = Array.from({ length: Math.ceil(tokens / length / k) }, (_, at) => ({
    prompt: text(prompt, at),
    completions: Array.from({ length: k }, (_, i) => text(length - SPECIAL_TOKENS - prompt, at + i)),
  }));
  return { name: `${length} tokens`, groups };
}

const AlpacaRow = z.object({ prompt: z.string(), completions: z.array(z.object({ text: z.string() })) });

/**
 * Prompts as they come, from lines of the data, or generated where those are not here. Prompts that the model would have to
 * cut are left out: every program cuts in its own way.
 */
export function mixedLengths(
  lines: readonly string[] | null,
  prompts: number,
  { tokenizer, maxLength }: Backbone,
): Workload {
  const known = lines
    ? lines.map((line) => AlpacaRow.parse(JSON.parse(line)))
    : rankedPrompts(prompts, k).map(({ prompt, completions }) => ({ prompt: String(prompt), completions }));
  const groups = known
    .map(({ prompt, completions }) => ({ prompt, completions: completions.map(({ text }) => text) }))
    .filter(({ prompt, completions }) =>
      tokenizer.encodeGroup(prompt, completions, maxLength).every(({ truncated }) => !truncated),
    );
  return { name: "mixed", groups: groups.slice(0, prompts) };
}
