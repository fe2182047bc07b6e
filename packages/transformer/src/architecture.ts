import type { Tensor } from "@borda/tensor";
import { z } from "zod";
import type { Backbone, ForwardInputs, Weights } from "./backbone";
import { UnsupportedConfig } from "./errors";
import type { Tokenizer } from "./tokenizer";

/**
 * One family of transformers, told apart by config.json's model_type. An architecture is one file in architectures/
 * and one line in registry.ts; everything here is a pure function of its parsed config.
 */
export interface Architecture<Config = never> {
  readonly modelType: string;
  /** A strict schema: every field of config.json is honoured or refused by name, never ignored. */
  readonly config: z.ZodType<Config>;
  hiddenSize(config: Config): number;
  maxLength(config: Config): number;
  /** Name and shape of every tensor that the model has, in the order of its layers. */
  weightShapes(config: Config): ReadonlyMap<string, readonly number[]>;
  /** See Backbone.hidden. */
  hidden(config: Config, inputs: ForwardInputs): Tensor;
  /** See Backbone.pooler. */
  pooler?(config: Config, pooled: Tensor, parameter: (name: string) => Tensor): Tensor;
}

/** Fields of config.json that say something about the checkpoint and nothing about the computation. */
export const neutralFields = {
  architectures: z.array(z.string()).optional(),
  num_labels: z.literal(1).optional(),
  id2label: z.record(z.string(), z.string()).optional(),
  label2id: z.record(z.string(), z.number()).optional(),
  problem_type: z.string().nullable().optional(),
  dtype: z.string().optional(),
  torch_dtype: z.string().optional(),
  transformers_version: z.string().optional(),
} as const;

/** An architecture whose config is parsed: what remains depends on names of tensors alone. */
export interface ConfiguredArchitecture {
  readonly weightShapes: ReadonlyMap<string, readonly number[]>;
  backbone(parts: { weights: Weights; head: Weights; tokenizer: Tokenizer }): Backbone;
}

/** Parses `config` (of the file `where`, for errors) by the architecture's schema. Throws UnsupportedConfig. */
export function configure<Config>(
  architecture: Architecture<Config>,
  config: unknown,
  where: string,
): ConfiguredArchitecture {
  const parsed = architecture.config.safeParse(config);
  if (!parsed.success) {
    const { code, path, message, ...issue } = parsed.error.issues[0]!;
    const field = code === "unrecognized_keys" && "keys" in issue ? String(issue.keys) : path.join(".");
    throw new UnsupportedConfig(
      field,
      `${where}: ${field || "the file"} cannot be honoured for ${architecture.modelType}: ${message}.`,
    );
  }
  const { data } = parsed;
  const { pooler } = architecture;
  return {
    weightShapes: architecture.weightShapes(data),
    backbone: (parts) => ({
      ...parts,
      modelType: architecture.modelType,
      hiddenSize: architecture.hiddenSize(data),
      maxLength: architecture.maxLength(data),
      config: data as Readonly<Record<string, unknown>>,
      hidden: (inputs) => architecture.hidden(data, inputs),
      ...(pooler && {
        pooler: (pooled: Tensor, parameter: (name: string) => Tensor) => pooler(data, pooled, parameter),
      }),
    }),
  };
}
