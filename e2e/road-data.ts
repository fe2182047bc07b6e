/** Marks of a good and of a poor completion: whoever ranks in these tests goes by them. */
const qualities = [
  (topic: string) =>
    `${topic} works in three steps. First gather what you need and read the instructions once. Then follow them in order, and check the outcome after each step. Finally note what you would change, so that the next time is easier.`,
  (topic: string) => `For ${topic}, follow the instructions in order and check the outcome at the end.`,
  (topic: string) => `You can probably look ${topic} up somewhere.`,
  (topic: string) => `No idea about ${topic}, whatever.`,
] as const;

const verbs = ["repairing", "choosing", "cleaning", "storing", "measuring", "drawing", "packing", "comparing"];
const things = ["a bicycle", "a kettle", "old letters", "a garden hose", "a map", "winter boots", "a violin", "lamps"];

export interface RoadRow {
  readonly prompt: string;
  readonly completions: readonly { readonly text: string; readonly model: string }[];
  readonly tiers?: readonly (readonly number[])[];
  readonly labeler?: string;
}

/** 64 prompts of four completions of visibly different quality, in scrambled order; ranked by "mara" but for the first four. */
export function roadRows(): RoadRow[] {
  return verbs.flatMap((verb, v) =>
    things.map((thing, t) => {
      const topic = `${verb} ${thing}`;
      const number = v * things.length + t;
      // The order of qualities in the file turns from row to row, so that no place in the list tells anything.
      const order = qualities.map((_, i) => (i + number) % qualities.length);
      const completions = order.map((q) => ({ text: qualities[q]!(topic), model: `policy-${q}` }));
      const row = { prompt: `How do I go about ${topic}?`, completions };
      if (number < 4) return row;
      return { ...row, tiers: qualities.map((_, q) => [order.indexOf(q)]), labeler: "mara" };
    }),
  );
}

/** 0 for the best: how good a completion of these rows is, from its text. */
export function qualityOf(text: string): number {
  if (text.includes("three steps")) return 0;
  if (text.includes("in order")) return 1;
  return text.includes("probably") ? 2 : 3;
}
