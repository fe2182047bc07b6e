import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Precision } from "@borda/tensor";
import { z } from "zod";
import type { Lane } from "../lanes";
import { lastLine } from "../program";
import type { SplitFile } from "./split-file";

/** One training, the same for everybody who runs it. */
export interface Setting extends SplitFile {
  readonly backbone: string;
  readonly maxLength: number;
  /** Of Borda's batches, in padded tokens. */
  readonly tokenBudget: number;
  readonly seed: number;
  /** For what a run leaves behind. */
  readonly folder: string;
}

/** What a training came to. */
export interface Run {
  /** Of the held-out comparisons, the share that is ordered as the data has them. */
  readonly accuracy: number;
  /** Of the program from its start to its end. */
  readonly seconds: number;
  /** Of one epoch's steps. */
  readonly epochSeconds: number;
  /** Without padding, by the seconds of the steps. */
  readonly tokensPerSecond: number;
  /** Padding, of all tokens of the batches, where the program tells it. */
  readonly padding?: number;
  /** Training pairs that were left out for being too long. */
  readonly pairsDropped: number;
}

/** The peers' defaults: one epoch of AdamW, a linear fall from the peak, mean pooling, batches of 16 completions. */
const usual = { epochs: 1, learningRate: 5e-5, completions: 16 } as const;

/** The command line of the checkout. */
export const borda = fileURLToPath(new URL("../../scripts/borda.mjs", import.meta.url));

const Trained = z.object({
  eval: z.object({ accuracy: z.number() }),
  tokens_per_second: z.number(),
  tokens_per_epoch: z.number(),
  padding: z.number(),
});

/** `borda train`, by a lane, or by what it chooses itself. */
export async function trainBorda(setting: Setting, home: string, lane?: Lane<Precision>): Promise<Run> {
  const { train, heldOut, backbone, maxLength, tokenBudget, seed, folder } = setting;
  const { epochs, learningRate } = usual;
  const recipe = join(folder, "recipe.json");
  const fields = { epochs, learningRate, maxLength, tokenBudget, warmup: 0, evaluations: 1 };
  await writeFile(recipe, JSON.stringify(fields));
  const out = join(folder, "checkpoint");
  const began = performance.now();
  const line = await lastLine(
    process.execPath,
    [
      ...[borda, "train", train, "--eval", heldOut, "--backbone", backbone, "--recipe", recipe],
      ...["--seed", String(seed), "--out", out, "--json"],
      ...(lane ? ["--executor", lane.executor, "--device", "cpu", "--precision", lane.precision] : []),
    ],
    { ...process.env, BORDA_HOME: home },
  );
  const seconds = (performance.now() - began) / 1000;
  await rm(out, { recursive: true });
  const { eval: report, padding, ...speed } = Trained.parse(JSON.parse(line));
  return {
    accuracy: report.accuracy,
    seconds,
    epochSeconds: speed.tokens_per_epoch / speed.tokens_per_second,
    tokensPerSecond: speed.tokens_per_second,
    padding,
    pairsDropped: 0,
  };
}

const PeerLine = z.object({
  accuracy: z.number(),
  seconds: z.number(),
  real_tokens_per_second: z.number(),
  pairs_dropped_by_length: z.number().default(0),
});

/** A peer's script, which takes MODEL TRAIN EVAL. What it takes beside that, such as its batch size, is in `words`. */
export async function trainPeer(
  python: string,
  script: string,
  setting: Setting,
  words: readonly string[] = ["--completions", String(usual.completions)],
): Promise<Run> {
  const began = performance.now();
  const line = await lastLine(python, [
    ...[script, setting.backbone, setting.train, setting.heldOut, "--seed", String(setting.seed)],
    ...["--epochs", String(usual.epochs), "--lr", String(usual.learningRate)],
    ...["--max-length", String(setting.maxLength), ...words],
  ]);
  const seconds = (performance.now() - began) / 1000;
  const { accuracy, ...told } = PeerLine.parse(JSON.parse(line));
  return {
    accuracy,
    seconds,
    epochSeconds: told.seconds,
    tokensPerSecond: told.real_tokens_per_second,
    pairsDropped: told.pairs_dropped_by_length,
  };
}
