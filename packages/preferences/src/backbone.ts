import { z } from "zod";
import { Pooling, type Recipe } from "./recipe";

/** What a backbone that was looked at is, as the worker found it; nothing here depends on a recipe. */
export const BackboneFacts = z.object({
  /** The model_type of its config.json. */
  modelType: z.string(),
  hiddenSize: z.number().int(),
  /** The most tokens of a row, prompt and completion together. */
  maxLength: z.number().int(),
  /** Numbers in the base model's tensors. */
  parameters: z.number().int(),
  /** Its layers, and the numbers in the last of them. */
  layers: z.number().int(),
  layerParameters: z.number().int(),
  /** Numbers that adapters of rank 1 beside every matrix of its layers have. */
  adapterParameters: z.number().int(),
  /** Bytes of those tensors as they are stored, and the element types they have there. */
  bytes: z.number().int(),
  dtypes: z.array(z.string()),
  vocabularySize: z.number().int(),
  /** How one vector can be made of its hidden states, the way that suits it best first. */
  poolings: z.array(Pooling).min(1),
  /** Numbers that the backward pass reads again; see backboneNeeds. */
  activations: z.object({
    perToken: z.number().nonnegative().describe("for each token of a batch, padding included"),
    perPair: z.number().nonnegative().describe("for each pair of tokens of one row, as attention makes them"),
  }),
  /** Fields of config.json that the computation follows. */
  honoured: z.record(z.string(), z.unknown()),
  /** Tensors of a head that is read, and tensors that nothing asks for. */
  head: z.array(z.string()),
  leftOut: z.array(z.string()),
  /** Of the worker's machine: bytes of memory, and bytes free where checkpoints are kept. */
  machine: z.object({ memory: z.number().int(), disk: z.number().int() }),
});
export type BackboneFacts = z.infer<typeof BackboneFacts>;

/** One thing that is wrong with a backbone: a field of its config.json, a tensor, a file. */
export const BackboneProblem = z.object({ what: z.string(), problem: z.string() });
export type BackboneProblem = z.infer<typeof BackboneProblem>;

/** Bytes. */
export interface BackboneNeeds {
  readonly training: {
    readonly weights: number;
    readonly gradients: number;
    readonly moments: number;
    readonly activations: number;
    /** What any training process takes. */
    readonly process: number;
    readonly total: number;
  };
  readonly scoring: number;
  /** Of a checkpoint that stays, and of what a run keeps beside it until it ends. */
  readonly checkpoint: number;
  readonly resume: number;
}

const FLOAT32 = 4;
/** Node, the tokenizer, the native library. */
const PROCESS = 300e6;
type Sizes = Pick<
  BackboneFacts,
  "parameters" | "hiddenSize" | "layers" | "layerParameters" | "adapterParameters" | "maxLength" | "activations"
>;

/**
 * What a backbone of P numbers needs when T of them are trained in float32 (bytes). T by the recipe's mode: all P; those of
 * the last layers; those of adapters of its rank, at most on every matrix; the head's alone.
 *
 * - weights 4 P, gradients 4 T, moments 8 T (AdamW keeps two, Loshchilov & Hutter 2019);
 * - activations 8 s (a N + b N L), each with its gradient: N tokens a batch, padding included, in rows of L. The recipe's
 *   token budget is N, but a prompt's completions are never parted, so it is at least L times their number. a and b are
 *   what the backward pass reads of the forward pass, counted in the model's own graph (compare Korthikanti et al. 2022,
 *   eq. 1); s is the share of the layers that it goes back through, and one layer's where only the forward pass runs or
 *   layers are computed again, which keeps each layer's input besides; where attention is computed again, b counts for one
 *   layer;
 * - 300 MB for the process itself;
 * - scoring 4 P for the session and 4 P for the graph that it was read from;
 * - a checkpoint holds the weights twice (safetensors and ONNX); a run saves what it trains and its moments.
 *
 * An estimate. Measured on the starter, rows of 256, budgets of 2048, 8192 and 16384 tokens, by onnxruntime: 0.6, 1.0 and
 * 1.6 GB at the peak, where this gives 0.6, 1.2 and 2.0.
 *
 * Example: mode all, a = 2, b = 1, budget 8, L = 4, 2 completions: activations 8 (2 * 8 + 8 * 4) = 384.
 */
export function backboneNeeds(
  facts: Sizes,
  recipe: Shaping & Pick<Recipe, "maxLength" | "tokenBudget">,
  completionsAPrompt: number,
): BackboneNeeds {
  const { activations } = facts;
  const weights = FLOAT32 * facts.parameters;
  const { trained, share } = trainedBy(facts, recipe);
  const length = Math.min(recipe.maxLength, facts.maxLength);
  const again = recipe.recompute === "layers" && recipe.mode !== "head";
  const tokens = Math.max(recipe.tokenBudget, completionsAPrompt * length);
  const inputs = again ? tokens * facts.hiddenSize * facts.layers : 0;
  const ofPairs = recipe.recompute === "attention" ? Math.min(share, 1 / Math.max(1, facts.layers)) : share;
  const parts = {
    weights,
    gradients: FLOAT32 * trained,
    moments: 2 * FLOAT32 * trained,
    activations:
      2 * FLOAT32 * (share * activations.perToken * tokens + ofPairs * activations.perPair * tokens * length + inputs),
    process: PROCESS,
  };
  const total = Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  return {
    training: { ...parts, total },
    scoring: 2 * weights,
    checkpoint: 2 * weights,
    resume: 3 * FLOAT32 * trained,
  };
}

type Shaping = Pick<Recipe, "mode" | "lastLayers" | "loraRank" | "recompute">;

/** How many numbers a recipe trains, and the share of the layers whose activations are there at once. */
function trainedBy(
  { parameters, hiddenSize, layers, layerParameters, adapterParameters }: Sizes,
  { mode, lastLayers, loraRank, recompute }: Shaping,
): { readonly trained: number; readonly share: number } {
  const head = hiddenSize + 1;
  const one = 1 / Math.max(1, layers);
  const through = (share: number) => (recompute === "layers" ? Math.min(share, one) : share);
  switch (mode) {
    case "all":
      return { trained: parameters + head, share: through(1) };
    case "lora":
      return { trained: loraRank * adapterParameters + head, share: through(1) };
    case "last":
      return { trained: lastLayers * layerParameters + head, share: through(Math.min(1, lastLayers * one)) };
    case "head":
      return { trained: head, share: one };
  }
}
