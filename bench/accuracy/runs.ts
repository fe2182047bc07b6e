import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { SplitFile } from "./split-file";

export interface Setting extends SplitFile {
  readonly backbone: string;
  readonly seed: number;
  /** For what a run leaves behind. */
  readonly folder: string;
}

/** Of the held-out comparisons, the share that is ordered as people did; seconds of training, the start included. */
export interface Run {
  readonly accuracy: number;
  readonly seconds: number;
}

/** The peer's defaults: AdamW, a linear fall from the peak, mean pooling, batches of 16 completions of at most 256 tokens. */
const shared = { epochs: 1, learningRate: 5e-5, maxLength: 256, completions: 16 } as const;

const run = promisify(execFile);

/** Runs a program to its end and gives its last line. Throws what it said where it fails. */
export async function runProgram(command: string, words: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...words], { maxBuffer: 2 ** 28 });
  return stdout.trim().split("\n").at(-1)!;
}

export async function trainBorda(checkout: string, { train, heldOut, backbone, seed, folder }: Setting): Promise<Run> {
  const { epochs, learningRate, maxLength, completions } = shared;
  const recipe = join(folder, "recipe.json");
  const fields = { epochs, learningRate, maxLength, tokenBudget: completions * maxLength, warmup: 0, evaluations: 1 };
  await writeFile(recipe, JSON.stringify(fields));
  const out = join(folder, "checkpoint");
  const began = performance.now();
  const line = await runProgram(process.execPath, [
    ...[join(checkout, "scripts", "borda.mjs"), "train", train, "--eval", heldOut, "--backbone", backbone],
    ...["--recipe", recipe, "--seed", String(seed), "--out", out, "--json"],
  ]);
  await rm(out, { recursive: true });
  const { eval: measured } = z.object({ eval: z.object({ accuracy: z.number() }) }).parse(JSON.parse(line));
  return { accuracy: measured.accuracy, seconds: (performance.now() - began) / 1000 };
}

export async function trainPeer(python: string, script: string, setting: Setting): Promise<Run> {
  const { epochs, learningRate, maxLength, completions } = shared;
  const began = performance.now();
  const line = await runProgram(python, [
    ...[script, setting.backbone, setting.train, setting.heldOut, "--seed", String(setting.seed)],
    ...["--epochs", String(epochs), "--lr", String(learningRate)],
    ...["--max-length", String(maxLength), "--completions", String(completions)],
  ]);
  const { accuracy } = z.object({ accuracy: z.number() }).parse(JSON.parse(line));
  return { accuracy, seconds: (performance.now() - began) / 1000 };
}
