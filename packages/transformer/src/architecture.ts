import { build, type Tensor } from "@borda/tensor";
import type { z } from "zod";
import type { Backbone, Classification, ForwardInputs, Model, Weights } from "./backbone";
import { type ConfigFields, fieldsWithoutEffect } from "./config-effect";
import { type RefusedField, UnsupportedConfig } from "./errors";
import type { Joining } from "./hugging-face-tokenizer";
import { linear } from "./layers/linear";
import type { Tokenizer } from "./tokenizer";
import type { Shapes } from "./weight-shapes";

/**
 * One family of transformers, told apart by config.json's model_type. An architecture is one file in architectures/
 * and one line in registry.ts; everything here is a pure function of its parsed config.
 */
export interface Architecture<Config = never> {
  readonly modelType: string;
  /** A strict schema: every field of config.json is honoured or refused by name, never ignored. */
  readonly config: z.ZodType<Config> & { readonly shape: ConfigFields };
  hiddenSize(config: Config): number;
  maxLength(config: Config): number;
  /** Name and shape of every tensor that hidden asks for, in the order of its layers. */
  weightShapes(config: Config): Shapes;
  /** See Backbone.hidden. */
  hidden(config: Config, inputs: ForwardInputs): Tensor;
  /** Whether token_type_ids tell prompt and completion apart. They do not where left out. */
  segments?(config: Config): boolean;
  /** See Model.matrices. */
  readonly matrices?: "inFirst";
  /** How prompt and completion stand in a row; as a pair where left out. */
  readonly joining?: Joining;
  /** What a checkpoint may have beside these; left out, nothing but Borda's own head. */
  readonly others?: OtherTensors<Config>;
}

/** Tensors of a checkpoint that hidden states do not depend on. */
export interface OtherTensors<Config> {
  /** What the names of the base model's tensors begin with where a head stands beside it, such as "bert.". */
  readonly prefix: string;
  /** Of the base model itself, as its checkpoints may have and may lack: BERT's pooler. */
  optionalShapes?(config: Config): Shapes;
  /** The head of transformers' ...ForSequenceClassification with one label; see Classification. */
  readonly classification: Pick<Classification, "className" | "pooling" | "config" | "output"> & {
    shapes(config: Config): Shapes;
    features(config: Config, hidden: Tensor, inputs: ForwardInputs): Tensor;
  };
  /** What the names of other heads' tensors begin with, such as a language model's: left out when read. */
  readonly otherHeads: readonly string[];
}

/** An architecture whose config is parsed: what remains depends on names of tensors alone. */
export interface ConfiguredArchitecture {
  readonly weightShapes: Shapes;
  readonly optionalShapes: Shapes;
  readonly prefix: string;
  readonly otherHeads: readonly string[];
  readonly joining: Joining;
  /** Names of all fields that a config may have. */
  readonly fields: readonly string[];
  /** Of the fields that the config has those that change nothing, each with the reason. */
  readonly withoutEffect: ReadonlyMap<string, string>;
  readonly classification?: Classification;
  model(parts: { weights: Weights; head: Weights }): Model;
  backbone(parts: { weights: Weights; head: Weights; tokenizer: Tokenizer }): Backbone;
}

/** Parses `config` (of the file `where`, for errors) by the architecture's schema. Throws UnsupportedConfig. */
export function configure<Config>(
  architecture: Architecture<Config>,
  config: unknown,
  where: string,
): ConfiguredArchitecture {
  const data = parse(architecture, config, where);
  const { others } = architecture;
  const classification = others && classificationOf(others, data);
  const model: ConfiguredArchitecture["model"] = (parts) => ({
    ...parts,
    modelType: architecture.modelType,
    hiddenSize: architecture.hiddenSize(data),
    maxLength: architecture.maxLength(data),
    segments: architecture.segments?.(data) ?? false,
    config: config as Readonly<Record<string, unknown>>,
    hidden: (inputs) => architecture.hidden(data, inputs),
    ...(classification && { classification }),
    ...(architecture.matrices && { matrices: architecture.matrices }),
  });
  return {
    weightShapes: architecture.weightShapes(data),
    optionalShapes: others?.optionalShapes?.(data) ?? new Map(),
    prefix: others?.prefix ?? "",
    joining: architecture.joining ?? "pair",
    fields: Object.keys(architecture.config.shape),
    withoutEffect: fieldsWithoutEffect(architecture.config.shape, config as Readonly<Record<string, unknown>>),
    otherHeads: others?.otherHeads ?? [],
    ...(classification && { classification }),
    model,
    backbone: ({ tokenizer, ...parts }) => ({ ...model(parts), tokenizer }),
  };
}

function classificationOf<Config>({ classification }: OtherTensors<Config>, config: Config): Classification {
  const shapes = classification.shapes(config);
  const features: Classification["features"] = (hidden, inputs) => classification.features(config, hidden, inputs);
  const layout = { bias: shapes.has(`${classification.output}.bias`) };
  return {
    ...classification,
    shapes,
    features,
    logits: (hidden, inputs) => {
      const logits = linear(features(hidden, inputs), inputs.parameter, classification.output, layout);
      return build.reshape(logits, { shape: [logits.shape[0]!] });
    },
  };
}

function parse<Config>({ config: schema, modelType }: Architecture<Config>, config: unknown, where: string): Config {
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  const refused = parsed.error.issues.flatMap(refusals);
  const [{ field, problem }] = refused as [RefusedField];
  throw new UnsupportedConfig(
    field,
    `${where}: ${field || "the file"} cannot be honoured for ${modelType}: ${problem}.`,
    refused,
  );
}

/** The fields of an issue: unknown keys each by their own name. */
function refusals({ path, message, ...issue }: z.core.$ZodIssue): RefusedField[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: [...path, key].join("."), problem: "Borda does not know it" }));
  return [{ field: path.join("."), problem: message }];
}
