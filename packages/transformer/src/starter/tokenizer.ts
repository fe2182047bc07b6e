import type { TokenizerFiles } from "../hugging-face-tokenizer";

/** A piece of the vocabulary and the natural logarithm of its probability. */
export type ScoredPiece = readonly [piece: string, score: number];

/** Ids 0 to 5 are no text: unknown, two controls, three spares. The original never matches them, nor may we. */
const reserved = 6;
/** Below any sum of scores that a spelling with ordinary pieces can have, since every character of these is a piece. */
const never = -1000;
const unknownId = 0;
const separator = { piece: "</s>", id: 2 };
const padding = { piece: "extra_token_id_1" };
const space = "\u2581";
/**
 * No piece has a U+2581 but in front, so that words can be searched one by one with the same result. In front of a
 * colon that begins the text it stands alone: the original takes a sum of scores of 0, which only "\u2581:" and its
 * like can have, for a place not reached yet, and prefers whatever comes next. (The library's "^" is the start of a line; nothing before it is the start of the text.)
 */
const words = `(?<![\\s\\S])${space}(?=:)|${space}[^${space}]*`;

/**
 * The starter's tokenizer as Hugging Face files. One text is normalised and cut as the Universal Sentence Encoder lite
 * does (`processInput` and `Tokenizer.encode` of @tensorflow-models/universal-sentence-encoder): NFKC, U+2581 in front
 * and for each space, then the most probable pieces (Kudo 2018); neighbouring unknown characters, line feeds among
 * them, become one id 0. Where two spellings are exactly equally probable ("--" + "---" or "---" + "--") the order is
 * SentencePiece's own, the longer piece last, and not that of the original's JavaScript port.
 *
 * A pair is prompt, "</s>", completion: of the pieces that no text can produce it is the one with a trained embedding.
 */
export function starterTokenizer(vocabulary: readonly ScoredPiece[]): TokenizerFiles {
  const special = { [separator.piece]: { id: separator.piece, ids: [separator.id], tokens: [separator.piece] } };
  const a = { Sequence: { id: "A", type_id: 0 } };
  const b = { Sequence: { id: "B", type_id: 1 } };
  return {
    definition: {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [], // a text that spells out a control piece is text
      normalizer: {
        type: "Sequence",
        normalizers: [
          { type: "NFKC" },
          { type: "Prepend", prepend: space },
          { type: "Replace", pattern: { String: " " }, content: space },
        ],
      },
      pre_tokenizer: { type: "Split", pattern: { Regex: words }, behavior: "Isolated", invert: false },
      post_processor: {
        type: "TemplateProcessing",
        single: [a],
        pair: [a, { SpecialToken: { id: separator.piece, type_id: 0 } }, b],
        special_tokens: special,
      },
      decoder: { type: "Metaspace", replacement: space, prepend_scheme: "always", split: true },
      model: {
        type: "Unigram",
        unk_id: unknownId,
        vocab: vocabulary.map(([piece, score], id) => [piece, id < reserved ? never : score]),
        byte_fallback: false,
      },
    },
    config: {
      tokenizer_class: "PreTrainedTokenizerFast",
      pad_token: padding.piece,
      sep_token: separator.piece,
      clean_up_tokenization_spaces: false,
      model_input_names: ["input_ids", "attention_mask", "token_type_ids"],
    },
  };
}
