import { type Prompt, promptText } from "@borda/preferences";
import type { Checkpoint } from "./checkpoint";

/** One prompt with one completion, and the texts that libraries are given. */
export interface Row {
  readonly prompt: Prompt;
  readonly completion: string;
  /** The prompt in words, the first text of a pair. */
  readonly first: string;
  /** Prompt and completion as one text, for models that continue texts. */
  readonly whole: string;
  /** The conversation with the completion at its end, for chat templates. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const short: readonly (readonly [Prompt, string])[] = [
  ["Why is the sky blue?", "Air scatters blue light more than red."],
  ["Why is the sky blue?", "Because."],
  [
    "Warum ist der Himmel blau? 🌌",
    "Die Luft streut blaues Licht stärker: λ⁻⁴ — naïve, n'est-ce pas? 你好, мир, नमस्ते 🙂🙃",
  ],
  ["tabs\tand\nlines", "  leading spaces,\n\n- lists\n- and `code`: for (let i = 0; i < 3; i++) {}"],
  ["x", "y"],
  ["ＦＵＬＬ ＷＩＤＴＨ and ﬁ ligatures", "é as one character and é as two"],
  [[{ role: "user", content: "Name a prime." }], "2"],
  [
    [
      { role: "system", content: "You are terse." },
      { role: "user", content: "Name a prime." },
      { role: "assistant", content: "2" },
      { role: "user", content: "Another one, please." },
    ],
    "3, then. Or 5, if you prefer.",
  ],
];

/** Prompts of several lengths, up to four times what the model reads: they lose their beginning. */
function long({ maxLength }: Checkpoint): (readonly [Prompt, string])[] {
  const words = ["river", "stone", "careful", "seven", "orange", "however", "quickly", "music", "if", "light"];
  const text = (count: number, step: number) =>
    Array.from({ length: count }, (_, i) => words[(i * step + (i % 7)) % words.length]).join(" ");
  return [0.2, 0.5, 1, 4].map((share, i) => [
    `${text(Math.round(maxLength * share), i + 1)}?`,
    `${text(Math.round(maxLength * 0.1), 3)}.`,
  ]);
}

export function rowsToScore(checkpoint: Checkpoint): Row[] {
  return [...short, ...long(checkpoint)].map(([prompt, completion]) => {
    const turn = { role: "assistant", content: completion } as const;
    const chat = typeof prompt === "string" ? [{ role: "user" as const, content: prompt }] : prompt;
    return {
      prompt,
      completion,
      first: promptText(prompt),
      whole: typeof prompt === "string" ? `${prompt}\n\n${completion}` : promptText([...prompt, turn]),
      messages: [...chat, turn],
    };
  });
}
