import { z } from "zod";
import { sharedFile } from "../peers";

const files = { hh: "hh_harmless_base_test.jsonl.gz", alpaca: "alpaca_eval_k9.jsonl" } as const;

/** hh: k = 2, people's choices between two endings of a chat; alpaca: k = 9, tiers by a model's verdicts. */
export const PreferenceData = z.enum(["hh", "alpaca"]);
export type PreferenceData = z.infer<typeof PreferenceData>;

/**
 * Padded tokens that hold 16 completions on the average at a max length, so that Borda makes as many updates as the peers,
 * who count completions: 16 a batch, of alpaca one prompt's nine.
 */
export const tokenBudgets = { hh: { 256: 2700 }, alpaca: { 256: 3850, 512: 6500 } } as const;

/** The file of some preferences. Throws where it is not here. */
export function preferencesOf(name: PreferenceData): string {
  return sharedFile("data", files[name]);
}
