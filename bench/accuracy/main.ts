import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { laneName, lanesOfEveryPrecision } from "../lanes";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers, sharedFile } from "../peers";
import { inRounds } from "../rounds";
import { PreferenceData, preferencesOf, tokenBudgets } from "../training/data";
import { type Run, type Setting, trainBorda, trainPeer } from "../training/runs";
import { sentenceEncoder } from "../training/sentence-encoder";
import { splitFile } from "../training/split-file";
import { type Accuracies, PEER, report } from "./report";

const maxLength = 256;
const { python, home, json } = common;
const table = {
  data: z
    .string()
    .default("hh,alpaca")
    .transform((names) => names.split(","))
    .pipe(z.array(PreferenceData)),
  seeds: count.default(3),
  limit: count.optional(),
  executor: z.enum(["onnx", "tensorflow"]).optional(),
  precision: z.enum(["float32", "bfloat16", "bfloat16-emulated"]).optional(),
  backbone: z.string().optional(),
  ...{ python, home, json },
};

/**
 * Held-out accuracy of Borda, by every executor and precision (bfloat16 emulated where the processor has none), and of the
 * strong peer (torch_groups.py, plain PyTorch) on the same sentence encoder, data and hyperparameters: `--data hh,alpaca`,
 * `--seeds N` (3), `--limit N` training rows, `--executor NAME` or `--precision TYPE` alone, `--backbone DIR`,
 * `--python FILE`, `--home DIR`, `--json`. They run in turn, in alternating order. True where Borda is no worse within the
 * interval.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const script = sharedFile("peers", "torch_groups.py");
  const home = homeOf(process.env, options.home);
  const python = await pythonOfPeers(options.python, home);
  const { executor, precision } = options;
  const lanes = (await lanesOfEveryPrecision(home, executor)).filter(
    (lane) => !precision || lane.precision === precision,
  );
  if (lanes.length === 0)
    throw new Error(`nothing here trains by ${executor ?? "any executor"} in ${precision ?? "any precision"}`);
  const folder = await mkdtemp(join(tmpdir(), "borda-accuracy-"));
  try {
    const backbone = options.backbone ?? (await sentenceEncoder(python, home));
    const found: Accuracies = new Map();
    for (const name of options.data) {
      const data = await splitFile(preferencesOf(name), join(folder, name), { train: options.limit });
      const tokenBudget = tokenBudgets[name][maxLength];
      /** A contestant's rounds are its seeds. */
      const seeded = (contestant: string, train: (setting: Setting) => Promise<Run>) => ({
        name: contestant,
        measure: async (seed: number) => {
          const run = await train({ ...data, backbone, maxLength, tokenBudget, seed, folder });
          process.stderr.write(`${name}, ${contestant}, seed ${seed}: ${run.accuracy.toFixed(4)}\n`);
          return run;
        },
      });
      const contestants = [
        seeded(PEER, (setting) => trainPeer(python, script, setting)),
        ...lanes.map((lane) => seeded(laneName(lane), (setting) => trainBorda(setting, home, lane))),
      ];
      found.set(name, await inRounds(contestants, options.seeds));
    }
    const { text, noWorse } = report(found);
    const figures = [...found].map(([name, runs]) => [name, Object.fromEntries(runs)]);
    console.log(options.json ? JSON.stringify(Object.fromEntries(figures)) : text);
    return noWorse;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
