import type { Recipe } from "@borda/preferences";

interface FieldWords {
  readonly label: string;
  readonly help: string;
}

/** How a field of the recipe is asked for. */
export type RecipeField = FieldWords &
  (
    | { readonly kind: "text" }
    | { readonly kind: "number"; readonly whole?: true }
    | { readonly kind: "choice"; readonly options: Readonly<Record<string, string>> }
  );

/** Every field of a recipe, in words. A field added to Recipe without its words does not compile. */
export const recipeFields = {
  backbone: {
    kind: "text",
    label: "Backbone",
    help: "starter, hub:ORG/NAME@COMMIT, or the folder of a model on the worker's machine.",
  },
  startFrom: {
    kind: "choice",
    label: "Start from",
    help: "The backbone's own weights, or those of the published checkpoint.",
    options: { base: "The backbone", published: "The published checkpoint" },
  },
  pooling: {
    kind: "choice",
    label: "Pooling",
    help: "How the states of all tokens become one vector. Usual: the completion's mean for the starter, the mean for other encoders, the last token for decoders.",
    options: {
      usual: "Usual for the backbone",
      mean: "Mean of all tokens",
      completion: "Mean of the completion's tokens",
      last: "Last token",
      cls: "First token",
    },
  },
  maxLength: {
    kind: "number",
    whole: true,
    label: "Longest input",
    help: "Tokens of prompt and completion together. Beyond it the prompt is cut from the left.",
  },
  mode: {
    kind: "choice",
    label: "What trains",
    help: "The head alone is solved in seconds where its completions are known from an earlier run.",
    options: {
      all: "All weights",
      lora: "Low-rank adapters (LoRA) and the head",
      last: "The last layers and the head",
      head: "The head alone",
    },
  },
  lastLayers: { kind: "number", whole: true, label: "Last layers", help: "How many train, where only the last do." },
  loraRank: { kind: "number", whole: true, label: "LoRA rank", help: "Width of an adapter. More learns more." },
  loraAlpha: { kind: "number", label: "LoRA alpha", help: "Adapters count alpha / rank times." },
  loraDropout: {
    kind: "number",
    label: "LoRA dropout",
    help: "Share of an adapter's inputs that is left out at random.",
  },
  loraTargets: {
    kind: "text",
    label: "LoRA layers",
    help: "usual, all-linear, or the ends of layers' names with commas between: query,value.",
  },
  loraSave: {
    kind: "choice",
    label: "LoRA files",
    help: "The checkpoint always has the adapters merged into its weights.",
    options: { merged: "Merged only", "merged+adapter": "An adapter for peft beside them" },
  },
  epochs: { kind: "number", label: "Epochs", help: "How often every prompt is seen." },
  learningRate: { kind: "number", label: "Learning rate", help: "Of AdamW, at its highest." },
  schedule: {
    kind: "choice",
    label: "Schedule",
    help: "How the learning rate falls after the warm-up.",
    options: { linear: "Linear to 0", cosine: "Cosine to 0", constant: "Constant" },
  },
  warmup: { kind: "number", label: "Warm-up", help: "Share of the steps over which the rate rises, 0 to 1." },
  weightDecay: { kind: "number", label: "Weight decay", help: "Of AdamW." },
  clipNorm: { kind: "number", label: "Clip gradients at", help: "Largest norm of the whole gradient." },
  tokenBudget: {
    kind: "number",
    whole: true,
    label: "Tokens a batch",
    help: "Padded tokens. More is steadier, and needs more memory.",
  },
  accumulation: {
    kind: "number",
    whole: true,
    label: "Batches an update",
    help: "Their gradients are added up, as if they were one batch.",
  },
  recompute: {
    kind: "choice",
    label: "Compute again",
    help: "Computing layers again for their gradients needs less than half the memory, and a third more time.",
    options: { nothing: "Nothing", layers: "Every layer" },
  },
  attentionDropout: {
    kind: "number",
    label: "Attention dropout",
    help: "Share of what attends to what that is left out at random.",
  },
  hiddenDropout: {
    kind: "number",
    label: "Hidden dropout",
    help: "Share of the embeddings and of each layer's output that is left out at random.",
  },
  seed: { kind: "number", whole: true, label: "Seed", help: "The same seed, data and recipe give the same weights." },
  ties: {
    kind: "choice",
    label: "Ties",
    help: "A tie pulls two rewards together, or is left out.",
    options: { half: "Half a win for each", drop: "Left out" },
  },
  beta: { kind: "number", label: "Beta", help: "Keeps rewards near 0: beta · (rᵢ² + rⱼ²) / 2 is added to the loss." },
  centering: { kind: "number", label: "Centering", help: "Weight of mean((rᵢ + rⱼ)²), which centres the rewards." },
  margin: { kind: "number", label: "Margin", help: "By how much the better completion must lead." },
  heldOutShare: {
    kind: "number",
    label: "Held out",
    help: "Share of the prompts that is measured on and never trained on. A prompt keeps its side.",
  },
  evaluations: {
    kind: "number",
    whole: true,
    label: "Measurements",
    help: "On the held-out prompts, over the run; the last at its end.",
  },
} as const satisfies Record<keyof Recipe, RecipeField>;

/** The fields under their headings, in the order of the form. */
export const recipeSections = [
  { title: "Model", fields: ["backbone", "startFrom", "pooling", "maxLength"] },
  {
    title: "What trains",
    fields: ["mode", "lastLayers", "loraRank", "loraAlpha", "loraDropout", "loraTargets", "loraSave"],
  },
  {
    title: "Steps",
    fields: ["epochs", "learningRate", "schedule", "warmup", "weightDecay", "clipNorm", "seed"],
  },
  { title: "Batches and memory", fields: ["tokenBudget", "accumulation", "recompute"] },
  { title: "Dropout", fields: ["attentionDropout", "hiddenDropout"] },
  { title: "Loss", fields: ["ties", "beta", "centering", "margin"] },
  { title: "Measuring", fields: ["heldOutShare", "evaluations"] },
] as const satisfies readonly { title: string; fields: readonly (keyof Recipe)[] }[];

/** A recipe as it is typed: every field is text until it is read. */
export type RecipeDraft = Readonly<Record<keyof Recipe, string>>;

export function draftOfRecipe(recipe: Recipe): RecipeDraft {
  return Object.fromEntries(Object.entries(recipe).map(([field, value]) => [field, String(value)])) as RecipeDraft;
}

/** What the draft says, still to be checked by Recipe; an empty number is NaN, never 0. */
export function recipeIn(draft: RecipeDraft): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(draft).map(([field, text]) => {
      const { kind } = recipeFields[field as keyof Recipe];
      return [field, kind === "number" ? (text.trim() === "" ? Number.NaN : Number(text)) : text.trim()];
    }),
  );
}

/** A value of the recipe in words, for lists. */
export function sayRecipeValue<K extends keyof Recipe>(field: K, value: Recipe[K]): string {
  const spec: RecipeField = recipeFields[field];
  return spec.kind === "choice" ? (spec.options[String(value)] ?? String(value)) : String(value);
}
