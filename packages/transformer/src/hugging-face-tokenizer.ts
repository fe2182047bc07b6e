import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Prompt, promptText } from "@borda/preferences";
import { Tokenizer as Engine, Unigram } from "@huggingface/tokenizers";
import { encodeGroup, type PairTemplate, type SpecialTokens } from "./encode-group";
import { InvalidTokenizer } from "./errors";
import type { Tokenizer } from "./tokenizer";
import { searchWordsOnce } from "./unigram";

/** The two files of a Hugging Face tokenizer, parsed: tokenizer.json and tokenizer_config.json. */
export interface TokenizerFiles {
  readonly definition: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A tokenizer from its parsed files. `where` names them in errors. Throws InvalidTokenizer. */
export function createTokenizer(files: TokenizerFiles, where = "tokenizer.json"): Tokenizer {
  const engine = engineOf(files, where);
  const template = pairTemplateOf(engine, where);
  const padId = padIdOf(engine, files.config);
  const encode = (text: string) => (text === "" ? [] : engine.encode(text, { add_special_tokens: false }).ids);
  return {
    vocabularySize: engine.get_vocab().size,
    padId,
    encode,
    encodeGroup: (prompt: Prompt, completions, maxLength) =>
      encodeGroup(encode(promptText(prompt)), completions.map(encode), template, maxLength),
    save: async (folder) => {
      await writeFile(join(folder, "tokenizer.json"), JSON.stringify(files.definition));
      await writeFile(join(folder, "tokenizer_config.json"), `${JSON.stringify(files.config, null, 2)}\n`);
    },
  };
}

/** The tokenizer of a checkpoint's folder: tokenizer.json, and tokenizer_config.json where there is one. */
export async function readTokenizer(folder: string): Promise<Tokenizer> {
  const definition = await readObject(join(folder, "tokenizer.json"));
  if (!definition)
    throw new InvalidTokenizer(`${folder} has no tokenizer.json: save it there with the tokenizer's save_pretrained.`);
  const config = (await readObject(join(folder, "tokenizer_config.json"))) ?? {};
  return createTokenizer({ definition, config }, join(folder, "tokenizer.json"));
}

async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
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

/** The id of tokenizer_config.json's pad_token; without one 0, since padding is masked whatever it holds. */
function padIdOf(engine: Engine, config: TokenizerFiles["config"]): number {
  const field = config.pad_token;
  const token = typeof field === "object" && field !== null && "content" in field ? field.content : field;
  return typeof token === "string" ? (engine.token_to_id(token) ?? 0) : 0;
}
