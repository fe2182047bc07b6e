import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Refusal } from "../bootstrap/checkout.mjs";

/** What of borda.json the comparison needs. */
const Info = z.object({
  modelType: z.string(),
  pooling: z.enum(["mean", "last", "cls"]),
  row: z.enum(["pair", "chat", "text"]),
  opensIn: z.enum(["transformers", "sentence-transformers", "onnxruntime"]),
  maxLength: z.number().int().positive(),
});

export type Checkpoint = z.infer<typeof Info> & { readonly folder: string };

export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  try {
    return { ...Info.parse(JSON.parse(await readFile(join(folder, "borda.json"), "utf8"))), folder };
  } catch (cause) {
    throw new Refusal("BAD_CHECKPOINT", `${folder} is no checkpoint that this Borda wrote: train one anew.`, { cause });
  }
}
