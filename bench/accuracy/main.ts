import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers, sharedFile } from "../peers";
import { PreferenceData, preferencesOf, tokenBudgets } from "../training/data";
import { trainBorda, trainPeer } from "../training/runs";
import { sentenceEncoder } from "../training/sentence-encoder";
import { splitFile } from "../training/split-file";
import { type Outcome, report } from "./report";

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
  backbone: z.string().optional(),
  ...{ python, home, json },
};
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Held-out accuracy of Borda and of the strong peer (torch_groups.py, plain PyTorch) on the same sentence encoder, data and
 * hyperparameters: `--data hh,alpaca`, `--seeds N` (3), `--limit N` training rows, `--backbone DIR`, `--python FILE`,
 * `--home DIR`, `--json`. The two run in turn, in alternating order. True where Borda is no worse within the interval.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const script = sharedFile("peers", "torch_groups.py");
  const home = homeOf(process.env, options.home);
  const python = await pythonOfPeers(options.python, home);
  const folder = await mkdtemp(join(tmpdir(), "borda-accuracy-"));
  try {
    const backbone = options.backbone ?? (await sentenceEncoder(python, home));
    const outcomes: Outcome[] = [];
    for (const name of options.data) {
      const data = await splitFile(preferencesOf(name), join(folder, name), { train: options.limit });
      for (let seed = 0; seed < options.seeds; seed++) {
        const tokenBudget = tokenBudgets[name][maxLength];
        const setting = { ...data, backbone, maxLength, tokenBudget, seed, folder };
        const borda = () => trainBorda(setting, home);
        const peer = () => trainPeer(python, script, setting);
        const [first, second] = seed % 2 === 0 ? [borda, peer] : [peer, borda];
        const [one, other] = [await first(), await second()];
        const outcome = seed % 2 === 0 ? { borda: one, peer: other } : { borda: other, peer: one };
        say(
          `${name}, seed ${seed}: Borda ${outcome.borda.accuracy.toFixed(4)}, PyTorch ${outcome.peer.accuracy.toFixed(4)}`,
        );
        outcomes.push({ data: name, seed, ...outcome });
      }
    }
    const { text, noWorse } = report(outcomes);
    console.log(options.json ? JSON.stringify(outcomes) : text);
    return noWorse;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
