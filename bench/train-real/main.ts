import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { laneName, lanesHere } from "../lanes";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers, sharedFile } from "../peers";
import { inRounds } from "../rounds";
import { PreferenceData, preferencesOf, tokenBudgets } from "../training/data";
import { type Run, type Setting, trainBorda, trainPeer } from "../training/runs";
import { sentenceEncoder } from "../training/sentence-encoder";
import { splitFile } from "../training/split-file";
import { report } from "./report";

/** The data, with how many prompts all contestants train on and are judged by in about four minutes on two cores. */
const settings = {
  hh: { k: 2, maxLength: 256, tokenBudget: tokenBudgets.hh[256], limit: 100, heldOut: 40 },
  alpaca: { k: 9, maxLength: 512, tokenBudget: tokenBudgets.alpaca[512], limit: 8, heldOut: 2 },
} as const;

const { python, home, json } = common;
const table = {
  data: PreferenceData.default("hh"),
  limit: count.optional(),
  "held-out": count.optional(),
  all: z.boolean().default(false),
  seeds: count.default(1),
  ...{ python, home, json },
};

/**
 * One epoch on people's preferences from all-MiniLM-L6-v2 by every executor and precision that is here, through
 * `borda train`, beside TRL's RewardTrainer and plain PyTorch over whole prompts, with the same hyperparameters:
 * `--data hh|alpaca`, `--limit N` and `--held-out N` prompts or `--all`, `--seeds N` (1), `--python FILE`, `--home DIR`,
 * `--json`.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const { k, maxLength, tokenBudget, ...usual } = settings[options.data];
  const file = preferencesOf(options.data);
  const peers = { trl: sharedFile("peers", "trl_reward.py"), groups: sharedFile("peers", "torch_groups.py") };
  const home = homeOf(process.env, options.home);
  const python = await pythonOfPeers(options.python, home);
  const lanes = await lanesHere(home);
  const folder = await mkdtemp(join(tmpdir(), "borda-train-real-"));
  try {
    const backbone = await sentenceEncoder(python, home);
    const limits = options.all
      ? { train: options.limit, heldOut: options["held-out"] }
      : { train: options.limit ?? usual.limit, heldOut: options["held-out"] ?? usual.heldOut };
    const split = await splitFile(file, join(folder, options.data), limits);
    /** A contestant's rounds are its seeds, each told at once: it may have taken an hour. */
    const seeded = (name: string, train: (setting: Setting) => Promise<Run>) => ({
      name,
      measure: async (seed: number) => {
        const run = await train({ ...split, backbone, maxLength, tokenBudget, seed, folder });
        process.stderr.write(`${name}, seed ${seed}: ${JSON.stringify(run)}\n`);
        return run;
      },
    });
    const found = await inRounds(
      [
        seeded("TRL", (setting) => trainPeer(python, peers.trl, setting, ["--batch", "8"])),
        seeded("PyTorch, whole prompts", (setting) => trainPeer(python, peers.groups, setting)),
        ...lanes.map((lane) => seeded(laneName(lane), (setting) => trainBorda(setting, home, lane))),
      ],
      options.seeds,
    );
    const of = (limit: number | undefined) => limit ?? "all";
    const title = `${basename(file)}: k = ${k}, max length ${maxLength}, ${of(limits.train)} prompts trained on, ${of(limits.heldOut)} held out, ${options.seeds} seed(s)`;
    console.log(options.json ? JSON.stringify(Object.fromEntries(found)) : `${title}\n\n${report(found)}`);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
