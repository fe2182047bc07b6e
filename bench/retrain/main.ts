import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { comparisonsOf, type PreferenceGroup, Recipe, splitOf } from "@borda/preferences";
import { homeOf } from "@borda/scripts/home";
import { loadBackbone } from "@borda/transformer";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers } from "../peers";
import { lastLine, lastLineOf } from "../program";
import { table } from "../table";
import { rankedPrompts } from "./data";
import { Cost, type Job } from "./job";

const k = 4;
const pairsOfPrompt = (k * (k - 1)) / 2;
const child = new URL("train-child.ts", import.meta.url);
const peer = fileURLToPath(new URL("peer.py", import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

const { python, home, json } = common;
const known = {
  completions: count.default(10_000),
  comparisons: count.default(10_000),
  "no-peers": z.boolean().default(false),
  ...{ python, home, json },
};

type Line = readonly [what: string, cost: Cost];

/**
 * What a retrain costs: the head on 10 000 completions, unknown and known (`--completions`), and the whole starter on
 * 10 000 comparisons (`--comparisons`), beside scikit-learn and plain PyTorch (`--python PATH`, `--no-peers`, `--home DIR`). Each in a
 * process of its own, on generated data.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, known);
  const folder = await mkdtemp(join(tmpdir(), "borda-retrain-"));
  try {
    const python = options["no-peers"] ? null : await pythonOfPeers(options.python, homeOf(process.env, options.home));
    const lines = [
      ...(await headAlone(folder, Math.ceil(options.completions / k), python)),
      ...(await everything(folder, Math.ceil(options.comparisons / pairsOfPrompt), python)),
    ];
    console.log(options.json ? JSON.stringify(Object.fromEntries(lines)) : tableOf(lines));
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function headAlone(folder: string, prompts: number, python: string | null): Promise<Line[]> {
  const job = (out: string) => jobOf(folder, prompts, Recipe.parse({ mode: "head" }), out);
  const lines: Line[] = [
    [`head, ${prompts * k} unknown completions`, await trained(job("unknown"))],
    [`head, ${prompts * k} known completions`, await trained(job("known"))],
  ];
  if (!python) return lines;
  const rows = await writeRows(join(folder, "head-rows.json"), rankedPrompts(prompts, k));
  const cost = await measured(() => lastLine(python, [peer, "head", rows, job("").features]));
  return [...lines, ["  scikit-learn on the known features", cost]];
}

async function everything(folder: string, prompts: number, python: string | null): Promise<Line[]> {
  const all = Recipe.parse({ evaluations: 1 });
  const comparisons = prompts * pairsOfPrompt;
  const lines: Line[] = [
    [`all weights, ${comparisons} comparisons`, await trained(jobOf(folder, prompts, all, "all"))],
  ];
  if (python) {
    const rows = await writeRows(join(folder, "all-rows.json"), rankedPrompts(prompts, k));
    const threads = `${availableParallelism()}`;
    lines.push([
      "  plain PyTorch, the same shape",
      await measured(() => lastLine(python, [peer, "all", rows, threads])),
    ]);
  }
  const recomputed = jobOf(folder, prompts, { ...all, recompute: "layers" }, "recomputed");
  return [...lines, ["all weights, layers computed again", await trained(recomputed)]];
}

function jobOf(folder: string, prompts: number, recipe: Recipe, out: string): Job {
  const features = join(folder, "features");
  return { prompts, k, recipe, out: join(folder, out), features, threads: availableParallelism() };
}

function trained(job: Job): Promise<Cost> {
  say(`${job.recipe.mode}, ${job.prompts} prompts ...`);
  return measured(() => lastLineOf(child, job));
}

async function measured(run: () => Promise<string>): Promise<Cost> {
  const cost = Cost.parse(JSON.parse(await run()));
  say(JSON.stringify(cost));
  return cost;
}

/** The rows that Borda makes of the prompts, for the peers; gives the file's path. */
async function writeRows(path: string, groups: readonly PreferenceGroup[]): Promise<string> {
  const { tokenizer } = await loadBackbone("starter");
  const { maxLength, heldOutShare } = Recipe.parse({});
  const encoded = groups.map(({ key, prompt, completions, rankings }) => {
    const texts = completions.map(({ text }) => text);
    return {
      side: splitOf(key, heldOutShare),
      rows: tokenizer.encodeGroup(prompt, texts, maxLength).map(({ ids, segmentIds }) => ({ ids, segmentIds })),
      pairs: comparisonsOf(rankings).map(({ first, second, target }) =>
        target > 0.5 ? [first, second] : [second, first],
      ),
    };
  });
  const of = (wanted: string) =>
    encoded.filter(({ side }) => side === wanted).map(({ rows, pairs }) => ({ rows, pairs }));
  await writeFile(path, JSON.stringify({ train: of("train"), heldOut: of("held-out") }));
  return path;
}

function tableOf(lines: readonly Line[]): string {
  const rows = lines.map(([what, cost]) => [
    what,
    `${cost.seconds.toFixed(1)} s`,
    cost.tokensPerSecond > 0 ? cost.tokensPerSecond.toFixed(0) : "",
    `${(100 * cost.accuracy).toFixed(1)} %`,
    `${cost.restMiB.toFixed(0)} MiB`,
    `${cost.peakMiB.toFixed(0)} MiB`,
  ]);
  return table(["", "time", "tokens/s", "held-out", "at rest", "at peak"], rows);
}
