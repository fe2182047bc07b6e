import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { homeOf } from "@borda/scripts/home";
import { readCheckpoint } from "@borda/transformer";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { hasShared, pythonOfPeers, sharedFile } from "../peers";
import { lastLine, lastLineOf } from "../program";
import { inRounds } from "../rounds";
import { sentenceEncoder } from "../training/sentence-encoder";
import { splitFile } from "../training/split-file";
import { trainedCheckpoint } from "./checkpoint";
import { Scored, type ScoringJob } from "./job";
import { report } from "./report";
import { equalLengths, mixedLengths } from "./workloads";

const lengths = [64, 256, 512];
const data = ["data", "alpaca_eval_k9.jsonl"] as const;
const child = new URL("child.ts", import.meta.url);
const peer = fileURLToPath(new URL("peer.py", import.meta.url));

const table = {
  rounds: count.default(2),
  passes: count.default(2),
  tokens: count.default(8192),
  prompts: count.default(12),
  checkpoint: z.string().optional(),
  ...common,
};

/**
 * Rewards a second of Borda's scorer in float32 and int8, beside transformers in PyTorch with the best of several batch
 * sizes, at equal lengths and on completions as they come; and how far int8 keeps float32's order. The checkpoint is
 * all-MiniLM-L6-v2 after a few steps, or `--checkpoint DIR` (a mean over an encoder). `--rounds N` (2) processes each,
 * `--passes N` (2) of each the best, `--tokens N` (8192) of each equal length, `--prompts N` (12) as they come, `--threads N` (all cores), `--python FILE`, `--home DIR`, `--json`.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const home = homeOf(process.env, options.home);
  const python = await pythonOfPeers(options.python, home);
  const folder = await mkdtemp(join(tmpdir(), "borda-scoring-"));
  try {
    const split = hasShared(...data) ? await splitFile(sharedFile(...data), folder, { train: 24 }) : null;
    const checkpoint =
      options.checkpoint ??
      (await trainedCheckpoint(await sentenceEncoder(python, home), folder, split?.train ?? null));
    const lines = split ? (await readFile(split.heldOut, "utf8")).trim().split("\n") : null;
    const workloads = [
      ...lengths.map((length) => equalLengths(length, options.tokens)),
      mixedLengths(lines, options.prompts, await readCheckpoint(checkpoint)),
    ];
    const file = join(folder, "workloads.json");
    await writeFile(file, JSON.stringify(workloads));
    const { passes } = options;
    const job = { checkpoint, workloads: file, passes, threads: options.threads };
    const contestant = (name: string, line: () => Promise<string>) => ({
      name,
      measure: async () => z.array(Scored).parse(JSON.parse(await line())),
    });
    const words = JSON.stringify({ ...job, precision: "float32" } satisfies ScoringJob);
    const found = await inRounds(
      [
        contestant("PyTorch", () => lastLine(python, [peer, words])),
        contestant("Borda float32", () => lastLineOf(child, { ...job, precision: "float32" } satisfies ScoringJob)),
        contestant("Borda int8", () => lastLineOf(child, { ...job, precision: "int8" } satisfies ScoringJob)),
      ],
      options.rounds,
    );
    console.log(options.json ? JSON.stringify(Object.fromEntries(found)) : report(workloads, found));
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
