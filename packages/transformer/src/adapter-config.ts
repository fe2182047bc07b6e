import { z } from "zod";
import { UnsupportedConfig } from "./errors";

const off = z.literal(false).nullish();
const nothing = z.union([z.null(), z.strictObject({}), z.tuple([])]).optional();
const text = z.string().nullish();
/** A pattern of Python's `re` that JavaScript reads as well. */
const Pattern = z.string().refine(isPattern, "is no regular expression that Borda can read");
/** Ends of names, or one pattern for whole names. */
const Modules = z.union([Pattern, z.array(z.string())]).nullish();

/**
 * adapter_config.json as peft 0.21 writes it: what changes the computation is honoured or must be off, and a field
 * that is not known is refused by its name.
 */
export const AdapterConfig = z.strictObject({
  peft_type: z.literal("LORA"),
  r: z.number().int().positive(),
  lora_alpha: z.number().positive(),
  rank_pattern: z.record(Pattern, z.number().int().positive()).nullish(),
  alpha_pattern: z.record(Pattern, z.number().positive()).nullish(),
  use_rslora: z.boolean().nullish(),
  target_modules: Modules,
  exclude_modules: Modules,
  modules_to_save: z.array(z.string()).nullish(),
  // Which layers there are matrices for says the file of the matrices.
  layers_to_transform: z.union([z.number(), z.array(z.number())]).nullish(),
  layers_pattern: z.union([z.string(), z.array(z.string())]).nullish(),
  // peft follows the layer and not this field where the two disagree.
  fan_in_fan_out: z.boolean().nullish(),

  // Other ways of drawing A and B. Those left out here change the base model's own weights.
  init_lora_weights: z.union([z.boolean(), z.enum(["gaussian", "eva", "orthogonal"])]).nullish(),
  bias: z.literal("none").nullish(),
  lora_bias: off,
  use_dora: off,
  use_qalora: off,
  use_bdlora: z.union([z.literal(false), nothing]).optional(),
  alora_invocation_tokens: nothing,
  arrow_config: nothing,
  kasa_config: nothing,
  monteclora_config: nothing,
  velora_config: nothing,
  layer_replication: nothing,
  target_parameters: nothing,
  trainable_token_indices: nothing,

  // About the adapter, its training and peft's own doings.
  auto_mapping: z.unknown().optional(),
  base_model_name_or_path: text,
  revision: text,
  task_type: text,
  peft_version: text,
  inference_mode: z.boolean().nullish(),
  lora_dropout: z.number().nullish(),
  corda_config: z.unknown().optional(),
  eva_config: z.unknown().optional(),
  loftq_config: z.unknown().optional(),
  lora_ga_config: z.unknown().optional(),
  ensure_weight_tying: z.boolean().nullish(),
  megatron_config: z.unknown().optional(),
  megatron_core: text,
  qalora_group_size: z.number().nullish(),
  runtime_config: z.unknown().optional(),
});
export type AdapterConfig = z.infer<typeof AdapterConfig>;

/** The config of a text (of the file `path`, for errors). Throws UnsupportedConfig with every field that is refused. */
export function parseAdapterConfig(text: string, path: string): AdapterConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UnsupportedConfig("", `${path} is not JSON: ${(cause as Error).message}.`);
  }
  const parsed = AdapterConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  const refused = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((field) => ({ field, problem: "Borda does not know it" }))
      : [{ field: issue.path.join("."), problem: issue.message }],
  );
  const [{ field, problem }] = refused as [(typeof refused)[number]];
  throw new UnsupportedConfig(field, `${path}: ${field} cannot be honoured: ${problem}.`, refused);
}

/** Whether peft puts matrices on the layer of a name: target_modules has it, and neither other field does. */
export function isTarget(config: AdapterConfig, name: string): boolean {
  const { target_modules: targets, exclude_modules: excluded, modules_to_save: saved } = config;
  if (targets == null || targets === "all-linear") return true;
  const inSaved = (saved ?? []).some((module) => `.${name}.`.includes(`.${module}.`));
  return names(targets, name) && !(excluded && names(excluded, name)) && !inSaved;
}

function names(modules: string | readonly string[], name: string): boolean {
  if (typeof modules === "string") return new RegExp(`^(?:${modules})$`).test(name);
  return modules.some((module) => name === module || name.endsWith(`.${module}`));
}

/** Whether peft keeps a tensor whole: it lies in a module whose name ends as modules_to_save says. */
export function isSaved({ modules_to_save: saved }: AdapterConfig, name: string): boolean {
  const modules = name.split(".").map((_, depth, parts) => parts.slice(0, depth + 1).join("."));
  return modules.some((module) => (saved ?? []).some((end) => module.endsWith(end)));
}

/** What the two matrices' product is multiplied by, and their rank, for the layer of a name. */
export function scaleOf(config: AdapterConfig, name: string): { readonly rank: number; readonly scale: number } {
  const rank = matching(config.rank_pattern, name) ?? config.r;
  const alpha = matching(config.alpha_pattern, name) ?? config.lora_alpha;
  return { rank, scale: alpha / (config.use_rslora ? Math.sqrt(rank) : rank) }; // rsLoRA: Kalajdzievski 2023
}

/** The value of the first pattern that matches the end of a layer's name, as peft looks it up. */
function matching(patterns: Readonly<Record<string, number>> | null | undefined, name: string): number | undefined {
  return Object.entries(patterns ?? {}).find(([pattern]) => new RegExp(`^(.*\\.)?(${pattern})$`).test(name))?.[1];
}

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(source));
  } catch {
    return false;
  }
}
