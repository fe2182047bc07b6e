import { type Architecture, type ConfiguredArchitecture, configure } from "./architecture";
import { bert } from "./architectures/bert";
import { debertaV2 } from "./architectures/deberta-v2";
import { distilbert } from "./architectures/distilbert";
import { electra } from "./architectures/electra";
import { gemma2 } from "./architectures/gemma2";
import { gptNeox } from "./architectures/gpt-neox";
import { gpt2 } from "./architectures/gpt2";
import { llama } from "./architectures/llama";
import { mistral } from "./architectures/mistral";
import { modernbert } from "./architectures/modernbert";
import { qwen2 } from "./architectures/qwen2";
import { qwen3 } from "./architectures/qwen3";
import { roberta } from "./architectures/roberta";
import { starter } from "./architectures/starter";
import { UnsupportedConfig } from "./errors";

type Entry = (config: unknown, where: string) => ConfiguredArchitecture;

/** Hides an architecture's type of config, so that all look alike. */
function entry<Config>(architecture: Architecture<Config>): [string, Entry] {
  return [architecture.modelType, (config, where) => configure(architecture, config, where)];
}

/** Every architecture by its model_type. */
const architectures: ReadonlyMap<string, Entry> = new Map([
  entry(starter),
  entry(bert),
  entry(distilbert),
  entry(roberta),
  entry(electra),
  entry(modernbert),
  entry(debertaV2),
  entry(gptNeox),
  entry(gpt2),
  entry(llama),
  entry(mistral),
  entry(qwen2),
  entry(qwen3),
  entry(gemma2),
]);

/** Every model_type that Borda has. */
export const modelTypes: readonly string[] = [...architectures.keys()];

/** The architecture that a config.json (of the file `where`, for errors) asks for. Throws UnsupportedConfig. */
export function architectureOf(config: Readonly<Record<string, unknown>>, where: string): ConfiguredArchitecture {
  const type = config.model_type;
  const known = modelTypes.join(", ");
  if (typeof type !== "string")
    throw new UnsupportedConfig("model_type", `${where} has no model_type: it must be one of ${known}.`);
  const architecture = architectures.get(type);
  if (!architecture)
    throw new UnsupportedConfig("model_type", `${where}: model_type ${type} is not supported; supported are ${known}.`);
  return architecture(config, where);
}
