import type { PreferenceGroup } from "@borda/preferences";

const GOOD = ["kind", "clear", "helpful", "careful", "honest", "thorough", "patient", "exact", "warm", "useful"];
const BAD = ["rude", "vague", "lazy", "wrong", "cruel", "angry", "hasty", "cold", "empty", "confused"];
const OTHER =
  "the a of to and in that it is was for on are with as at be this have from or one had by word but not what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after".split(
    " ",
  );

/** Prompts with ranked completions of 30 to 120 words: more of the good words is better, with some noise. The same every time. */
export function rankedPrompts(count: number, k: number): PreferenceGroup[] {
  const random = numbers(11);
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const drawn = Array.from({ length: k }, () => {
      const quality = random();
      const words = Array.from({ length: 30 + Math.floor(random() * 90) }, () =>
        random() < 0.2 ? pick(random() < quality ? GOOD : BAD) : pick(OTHER),
      );
      return { text: words.join(" "), quality: quality + 0.2 * random() };
    });
    const order = [...drawn.keys()].sort((p, q) => drawn[q]!.quality - drawn[p]!.quality);
    return {
      key: `prompt ${index}`,
      prompt: `Question ${index}: ${Array.from({ length: 10 + Math.floor(random() * 20) }, () => pick(OTHER)).join(" ")}?`,
      completions: drawn.map(({ text }) => ({ text })),
      rankings: [{ labeler: "a", tiers: order.map((completion) => [completion]), unacceptableFrom: null }],
    };
  });
}

/** Uniform in [0, 1), the same from the same seed (Park & Miller 1988). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
