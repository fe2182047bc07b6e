import type { BackboneProblem } from "@borda/preferences";
import { DiskTooSmall, HubUnreachable, TransformerError, UnsupportedConfig, WeightMismatch } from "@borda/reward-model";
import { type Failure, failureOf, RemediableError } from "../failure";

/** What is written on a backbone that cannot be used. */
export interface BackboneFailure extends Failure {
  readonly problems: readonly BackboneProblem[];
}

/** Whether looking again gives the same as long as nobody changes something. */
export function isFinal(error: unknown): boolean {
  return error instanceof TransformerError || error instanceof RemediableError;
}

export function backboneFailureOf(error: unknown): BackboneFailure {
  if (error instanceof HubUnreachable)
    return { error: `${error.problem}.`, remedy: sentence(error.remedy), problems: [] };
  if (error instanceof DiskTooSmall)
    return {
      error: `The worker's disk has ${gigabytes(error.free)} free, and ${gigabytes(error.needed)} are still to come.`,
      remedy: `Free some space where ${error.folder} is, then prepare it again: what has arrived is kept.`,
      problems: [],
    };
  if (error instanceof UnsupportedConfig)
    return {
      error: error.message,
      remedy: "Choose a model whose config.json Borda can follow; what it cannot is listed, and nothing is ignored.",
      problems: error.refused.map(({ field, problem }) => ({ what: field === "" ? "config.json" : field, problem })),
    };
  if (error instanceof WeightMismatch)
    return {
      error: error.message,
      remedy: "Save the model anew by save_pretrained of transformers, or choose another revision.",
      problems: error.mismatches.map(({ tensor, problem }) => ({ what: tensor, problem })),
    };
  if (error instanceof TransformerError)
    return {
      error: error.message,
      remedy: "Put this right, or choose another model, then prepare it again.",
      problems: [],
    };
  return { ...failureOf(error), problems: [] };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
