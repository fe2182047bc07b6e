import type { Prompt } from "@borda/preferences";

/** One completion with its prompt, as the model reads it. */
export interface EncodedCompletion {
  /** Prompt, separator and completion; no padding, at most maxLength. */
  readonly ids: readonly number[];
  /** 0 on prompt and separator, 1 on the completion; as long as ids. */
  readonly segmentIds: readonly number[];
  /** The completion's own tokens are ids[completionStart .. completionEnd), special tokens left out. */
  readonly completionStart: number;
  readonly completionEnd: number;
  /** Whether a token of the prompt (at its left) or of the completion (at its right) was cut. */
  readonly truncated: boolean;
}

/** Text to token ids and back to a folder. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** What fills a row up to its batch's length: the id of padToken, or 0, since padding is masked. */
  readonly padId: number;
  /** Absent where the tokenizer has no token that could serve. */
  readonly padToken?: string;
  /** What a row is: a pair, a conversation by the chat template, or prompt and completion as one text. */
  readonly row: "pair" | "chat" | "text";
  /** Ids of a text alone, without special tokens. */
  encode(text: string): number[];
  /**
   * The completions of one prompt, in their order. All tokens of a row together are at most maxLength:
   * a completion stays whole as far as it fits, and the prompt loses tokens at its left, the SAME number for every
   * completion (a cut that depended on the completion would leak which one it is).
   */
  encodeGroup(prompt: Prompt, completions: readonly string[], maxLength: number): EncodedCompletion[];
  /**
   * The texts of tokenizer.json and tokenizer_config.json by these names, padToken and padding on the right included,
   * which is the side where every model of transformers is right about positions.
   */
  files(): Readonly<Record<string, string>>;
  /** Writes them into an existing folder. */
  save(folder: string): Promise<void>;
}
