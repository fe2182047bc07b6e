import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors, type SafetensorsFile, type WeightTensor } from "@borda/transformer";
import { z } from "zod";
import { RewardModelError } from "../errors";

const Pair = z.tuple([z.number().int(), z.number().int(), z.number()]);
const AdamW = z.object({
  lr: z.number(),
  betas: z.tuple([z.number(), z.number()]),
  eps: z.number(),
  weight_decay: z.number(),
  max_grad_norm: z.number(),
});
const Pooled = z.object({ loss: z.number(), grad_norm: z.number().optional() });

/** reference.json of an architecture's folder. */
export const ModelFigures = z.object({
  group_lengths: z.array(z.number().int()),
  pairs: z.array(Pair),
  beta: z.number(),
  adamw: AdamW,
  pooled: z.partialRecord(z.enum(["mean", "last", "cls"]), Pooled),
});
export type ModelFigures = z.infer<typeof ModelFigures>;

/** reference.json of an adapter's folder: rows and pairs are those of the folder around it. */
export const AdapterFigures = z.object({ loss: z.number(), pooling: z.enum(["mean", "last", "cls"]) });

/** reference.json of a sentence encoder whose weights are kept elsewhere. */
export const EncoderFigures = z.object({
  texts: z.array(z.string()),
  max_length: z.number().int(),
  group_lengths: z.array(z.number().int()),
  pairs: z.array(Pair),
  beta: z.number(),
  loss: z.number(),
  gradient_norms: z.record(z.string(), z.number()),
});

/** Figures that another engine computed for a checkpoint: numbers in reference.json, tensors in reference.safetensors. */
export interface Reference {
  readonly folder: string;
  readonly json: unknown;
  readonly tensors: SafetensorsFile;
}

export function isReference(folder: string): boolean {
  return existsSync(join(folder, "reference.json"));
}

/** Opens a reference folder; its tensors are to be closed. Throws RewardModelError where it is none. */
export async function openReference(folder: string): Promise<Reference> {
  try {
    const json: unknown = JSON.parse(await readFile(join(folder, "reference.json"), "utf8"));
    return { folder, json, tensors: await openSafetensors(join(folder, "reference.safetensors")) };
  } catch (cause) {
    throw new RewardModelError(
      "BAD_REFERENCE",
      `${folder} is no reference: it needs a reference.json and a reference.safetensors (${(cause as Error).message}).`,
      { cause },
    );
  }
}

/** The figures of a reference by their schema. Throws RewardModelError naming the field. */
export function figuresOf<T>({ folder, json }: Reference, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new RewardModelError(
    "BAD_REFERENCE",
    `${folder}: reference.json, ${path.join(".") || "the whole"}: ${message}.`,
  );
}

/** Tensors whose names begin with `prefix`, by what follows it. */
export async function tensorsAfter({ tensors }: Reference, prefix: string): Promise<Map<string, WeightTensor>> {
  const found = new Map<string, WeightTensor>();
  for (const name of tensors.entries.keys())
    if (name.startsWith(prefix)) found.set(name.slice(prefix.length), await tensors.read(name));
  return found;
}
