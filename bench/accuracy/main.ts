import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { homeOf } from "@borda/scripts/home";
import { pythonOfPeers, sharedFile } from "../peers";
import { trainBorda, trainPeer } from "../training/runs";
import { sentenceEncoder } from "../training/sentence-encoder";
import { splitFile } from "../training/split-file";
import { type Outcome, report } from "./report";

const files = { hh: "hh_harmless_base_test.jsonl.gz", alpaca: "alpaca_eval_k9.jsonl" } as const;
const maxLength = 256;
const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Held-out accuracy of Borda and of the strong peer (torch_groups.py, plain PyTorch) on the same sentence encoder, data and
 * hyperparameters: `--data hh,alpaca`, `--seeds N` (3), `--limit N` training rows, `--backbone DIR`, `--python FILE`,
 * `--home DIR`, `--json`. The two run in turn, in alternating order. True where Borda is no worse within the interval.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: "string", default: "hh,alpaca" },
      seeds: { type: "string", default: "3" },
      limit: { type: "string" },
      backbone: { type: "string" },
      python: { type: "string" },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const script = sharedFile("peers", "torch_groups.py");
  const home = homeOf(process.env, values.home);
  const python = await pythonOfPeers(values.python, home);
  const folder = await mkdtemp(join(tmpdir(), "borda-accuracy-"));
  try {
    const backbone = values.backbone ?? (await sentenceEncoder(python, home));
    const outcomes: Outcome[] = [];
    for (const name of values.data.split(",") as (keyof typeof files)[]) {
      if (!(name in files)) throw new Error(`--data names ${name}; there are ${Object.keys(files).join(", ")}.`);
      const limits = values.limit === undefined ? {} : { train: Number(values.limit) };
      const data = await splitFile(sharedFile("data", files[name]), join(folder, name), limits);
      for (let seed = 0; seed < Number(values.seeds); seed++) {
        const setting = { ...data, backbone, maxLength, seed, folder };
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
    console.log(values.json ? JSON.stringify(outcomes) : text);
    return noWorse;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
