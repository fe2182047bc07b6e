/** One row of Borda's own format. */
export interface PromptRow {
  readonly prompt: string;
  readonly completions: readonly { readonly text: string; readonly model: string }[];
}

const words =
  "the labeler reads each answer and asks what a careful person would want here because a good answer says first what is true then why it matters and names what nobody knows yet".split(
    " ",
  );

/** `count` different prompts with k completions each of 40 to 140 words; the same ones for the same arguments. */
export function* promptRows(count: number, k: number): Generator<PromptRow> {
  const next = randomNumbers(20_261_122);
  const text = (length: number) => Array.from({ length }, () => words[Math.floor(next() * words.length)]).join(" ");
  for (let number = 0; number < count; number++) {
    const completions = Array.from({ length: k }, (_, model) => ({
      text: `${text(40 + Math.floor(next() * 100))} (${model})`,
      model: `model-${model}`,
    }));
    yield { prompt: `Question ${number}: ${text(20)}?`, completions };
  }
}

/** Uniform in [0, 1); mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
