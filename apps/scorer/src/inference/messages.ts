import type { Prompt } from "@borda/preferences";
import type { ServingPrecision } from "@borda/reward-model";

/** A prompt with the completions that are compared under it: the unit that is encoded together. */
export interface PromptGroup {
  readonly prompt: Prompt;
  readonly completions: readonly string[];
}

/** What the main thread asks of an inference thread. Every order is answered once, under its number. */
export type Order = { readonly number: number } & (
  | {
      readonly type: "open";
      readonly checkpoint: string;
      readonly folder: string;
      readonly cores: number;
      readonly precision: ServingPrecision;
    }
  | { readonly type: "close"; readonly checkpoint: string }
  | { readonly type: "score"; readonly checkpoint: string; readonly groups: readonly PromptGroup[] }
);

/** What a completion is worth to a checkpoint. */
export interface Score {
  readonly reward: number;
  /** Tokens of prompt and completion that the model read. */
  readonly tokens: number;
  /** Whether something of prompt or completion was cut away to fit the model. */
  readonly truncated: boolean;
}

export type Answer = { readonly number: number } & (
  | { readonly ok: true; readonly scores: readonly (readonly Score[])[] }
  | { readonly ok: false; readonly message: string }
);
