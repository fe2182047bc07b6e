import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Prompt, promptText } from "@borda/preferences";
import { Tokenizer as Engine, Unigram } from "@huggingface/tokenizers";
import { chatTemplateOf, contentOf, withFixedDay } from "./chat-template";
import { type ContinuationReader, encodeContinuations } from "./continuation";
import { encodeGroup, type PairTemplate, type SpecialTokens } from "./encode-group";
import { InvalidTokenizer } from "./errors";
import { readIfPresent } from "./optional-file";
import type { Tokenizer } from "./tokenizer";
import { searchWordsOnce } from "./unigram";

/** The two files of a Hugging Face tokenizer, parsed: tokenizer.json and tokenizer_config.json. */
export interface TokenizerFiles {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** How prompt and completion stand in a row: as the pair that encoders know, or as one text that goes on. */
export type Joining = "pair" | "continuation";

/**
 * A tokenizer from its parsed files. `where` names them in errors, and `padId` is the model's own word on padding, for
 * files that have none. Throws InvalidTokenizer.
 */
export function createTokenizer(
  files: TokenizerFiles,
  where = "tokenizer.json",
  joining: Joining = "pair",
  padId?: number,
): Tokenizer {
  const engine = engineOf(files, where);
  const dated = withFixedDay(files.config);
  const pad = paddingOf(engine, dated, padId);
  const config = { ...dated, ...(pad && { pad_token: pad.token }), padding_side: "right" };
  const texts = () => ({
    "tokenizer.json": JSON.stringify(files.definition),
    "tokenizer_config.json": `${JSON.stringify(config, null, 2)}\n`,
  });
  const encode = (text: string) => (text === "" ? [] : engine.encode(text, { add_special_tokens: false }).ids);
  return {
    vocabularySize: engine.get_vocab().size,
    padId: pad?.id ?? 0,
    ...(pad && { padToken: pad.token }),
    row: joining === "pair" ? "pair" : chatTemplateOf(dated, where) ? "chat" : "text",
    encode,
    encodeGroup: joining === "pair" ? pairEncoder(engine, encode, where) : continuationEncoder(engine, dated, where),
    files: texts,
    save: async (folder) => {
      for (const [name, text] of Object.entries(texts())) await writeFile(join(folder, name), text);
    },
  };
}

function pairEncoder(engine: Engine, encode: Tokenizer["encode"], where: string): Tokenizer["encodeGroup"] {
  const template = pairTemplateOf(engine, where);
  return (prompt: Prompt, completions, maxLength) =>
    encodeGroup(encode(promptText(prompt)), completions.map(encode), template, maxLength);
}

function continuationEncoder(
  engine: Engine,
  config: TokenizerFiles["config"],
  where: string,
): Tokenizer["encodeGroup"] {
  const begin = contentOf(config.bos_token);
  const reader: ContinuationReader = {
    template: chatTemplateOf(config, where),
    encode: (text, special) =>
      text === "" ? [] : engine.encode(text, { add_special_tokens: special === "added" }).ids,
    beginId: begin === undefined ? undefined : engine.token_to_id(begin),
  };
  return (prompt, completions, maxLength) => encodeContinuations(prompt, completions, reader, maxLength);
}

/**
 * The tokenizer of a checkpoint's folder: tokenizer.json, and where they are there tokenizer_config.json,
 * special_tokens_map.json and chat_template.jinja, which become one when it is saved.
 */
export async function readTokenizer(folder: string, joining: Joining = "pair", padId?: number): Promise<Tokenizer> {
  const definition = await readObject(join(folder, "tokenizer.json"));
  if (!definition)
    throw new InvalidTokenizer(`${folder} has no tokenizer.json: save it there with the tokenizer's save_pretrained.`);
  const template = await readIfPresent(join(folder, "chat_template.jinja"));
  const config = {
    ...(await readObject(join(folder, "special_tokens_map.json"))),
    ...(await readObject(join(folder, "tokenizer_config.json"))),
    ...(template !== undefined && { chat_template: template }),
  };
  return createTokenizer({ definition, config }, join(folder, "tokenizer.json"), joining, padId);
}

async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidTokenizer(`${path} is not JSON.`, { cause });
  }
}

function engineOf({ definition, config }: TokenizerFiles, where: string): Engine {
  let engine: Engine;
  try {
    engine = new Engine(definition, config);
  } catch (cause) {
    throw new InvalidTokenizer(`${where}: ${(cause as Error).message}`, { cause });
  }
  if (engine.model instanceof Unigram) searchWordsOnce(engine.model);
  return engine;
}

/** Reads the special tokens of a pair off the tokenizer's own post-processor, by letting it join two marks. */
function pairTemplateOf(engine: Engine, where: string): PairTemplate {
  const none: SpecialTokens = { ids: [], segmentIds: [] };
  if (!engine.post_processor) return { before: none, between: none, after: none };
  const [a, b] = ["\0A", "\0B"];
  const joined = engine.post_processor.post_process([a], [b], true);
  if ("tokens_pair" in joined) return { before: none, between: none, after: none }; // it only decorates each text
  const { tokens, token_type_ids } = joined;
  const [atA, atB] = [tokens.indexOf(a), tokens.indexOf(b)];
  if (atA < 0 || atB < atA)
    throw new InvalidTokenizer(`${where}: post_processor does not put two texts one after the other in one row.`);
  const special = (from: number, to: number): SpecialTokens => ({
    ids: tokens.slice(from, to).map((token) => {
      const id = engine.token_to_id(token);
      if (id === undefined)
        throw new InvalidTokenizer(`${where}: post_processor names ${token}, which is not in the vocabulary.`);
      return id;
    }),
    segmentIds: Array.from({ length: to - from }, (_, i) => token_type_ids?.[from + i] ?? 0),
  });
  return { before: special(0, atA), between: special(atA + 1, atB), after: special(atB + 1, tokens.length) };
}

/** tokenizer_config.json's pad_token; else the token that the model pads with, or the one that ends a text. */
function paddingOf(
  engine: Engine,
  config: TokenizerFiles["config"],
  padId: number | undefined,
): { readonly id: number; readonly token: string } | undefined {
  const ofModel = padId === undefined ? undefined : engine.id_to_token(padId);
  for (const token of [contentOf(config.pad_token), ofModel, contentOf(config.eos_token)]) {
    const id = token === undefined ? undefined : engine.token_to_id(token);
    if (token !== undefined && id !== undefined) return { id, token };
  }
  return undefined;
}
