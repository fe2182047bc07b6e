import { starterConfig } from "./architectures/starter";
import type { Backbone } from "./backbone";
import { readCheckpoint } from "./checkpoint";
import { BackboneNotFound } from "./errors";
import { createTokenizer } from "./hugging-face-tokenizer";
import { architectureOf } from "./registry";
import { readStarterVocabulary, readStarterWeights, starterFolder } from "./starter/package";
import { starterTokenizer } from "./starter/tokenizer";

/**
 * The backbone that `spec` names: "starter" (comes with Borda, needs no network), or the folder of a checkpoint
 * ("./starter" for a folder of that name). Throws BackboneNotFound, or what readCheckpoint throws.
 */
export async function loadBackbone(spec: string): Promise<Backbone> {
  if (spec === "starter") return loadStarter();
  if (spec.startsWith("hub:"))
    throw new BackboneNotFound(
      `${spec} is a model of the hub: fetch it (fetchFromHub), and name the folder that it has then.`,
    );
  return readCheckpoint(spec);
}

async function loadStarter(): Promise<Backbone> {
  const folder = starterFolder();
  const architecture = architectureOf(starterConfig, folder);
  const [weights, vocabulary] = await Promise.all([
    readStarterWeights(folder, architecture.weightShapes),
    readStarterVocabulary(folder),
  ]);
  return architecture.backbone({ weights, head: new Map(), tokenizer: createTokenizer(starterTokenizer(vocabulary)) });
}
