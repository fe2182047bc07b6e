import type { Prompt } from "./prompt";
import type { Ranking } from "./ranking";

/**
 * Everything known of one prompt, as training, evaluation and files see it: each distinct completion once,
 * and the rankings over their indices. `key` identifies the prompt stably (its content hash), and decides its split.
 */
export interface PreferenceGroup {
  readonly key: string;
  readonly prompt: Prompt;
  readonly completions: readonly { readonly text: string; readonly model?: string | undefined }[];
  readonly rankings: readonly (Ranking<number> & { readonly labeler: string })[];
}
