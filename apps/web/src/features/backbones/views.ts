import { BackboneFacts, BackboneId, BackboneProblem, readBackboneSource } from "@borda/preferences";
import { z } from "zod";

export const BackboneState = z.enum(["QUEUED", "FETCHING", "CHECKING", "READY", "FAILED", "CANCELLED"]);
export type BackboneState = z.infer<typeof BackboneState>;

/** A backbone as the pages show it: how far its preparing is, what it is, or why it cannot be used and what to do. */
export const BackboneView = z.object({
  id: BackboneId,
  source: z.string(),
  state: BackboneState,
  pinned: z.string().nullable(),
  facts: BackboneFacts.nullable(),
  file: z.string().nullable(),
  files: z.int(),
  filesTotal: z.int().nullable(),
  bytes: z.int(),
  bytesTotal: z.int().nullable(),
  error: z.string().nullable(),
  remedy: z.string().nullable(),
  problems: z.array(BackboneProblem).readonly(),
  finishedAt: z.date().nullable(),
});
export type BackboneView = z.infer<typeof BackboneView>;

/** A source that names something: what a recipe's `backbone` may say. */
export const BackboneSpec = z
  .string()
  .refine((spec) => readBackboneSource(spec) !== null, { error: "Name a model as org/name, or a folder's path." });

export function isUnderWay(state: BackboneState): boolean {
  return state === "QUEUED" || state === "FETCHING" || state === "CHECKING";
}

/** Whether a run may use it: the starter always, everything else once the worker found it good. */
export function isUsable(spec: string, backbone: BackboneView | null | undefined): boolean {
  return spec === "starter" || backbone?.state === "READY";
}
