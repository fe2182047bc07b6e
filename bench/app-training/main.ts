import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Recipe } from "@borda/preferences";
import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers } from "../peers";
import { lastLine } from "../program";
import { table } from "../table";
import { PreferenceData, preferencesOf } from "../training/data";
import { borda } from "../training/runs";
import { sentenceEncoder } from "../training/sentence-encoder";
import { type Report, trainByApp } from "./app";

/** Both hold out the same prompts and take the same steps; on two runtimes a close pair may fall to either side. */
const TOLERANCE = 0.02;

const { python, home, json } = common;
const known = {
  data: PreferenceData.default("hh"),
  "max-length": count.default(256),
  backbone: z.string().optional(),
  ...{ python, home, json },
};

/**
 * One training from all-MiniLM-L6-v2's folder by a whole Borda (imported by HTTP, prepared and trained by its worker) and
 * by `borda train`, on the same file with the same recipe: `--data hh|alpaca`, `--max-length N` (256), `--backbone DIR`,
 * `--python FILE`, `--home DIR`, `--json`. True where the held-out accuracies agree.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, known);
  const home = homeOf(process.env, options.home);
  const data = preferencesOf(options.data);
  const backbone = options.backbone ?? (await sentenceEncoder(await pythonOfPeers(options.python, home), home));
  const fields = { backbone, maxLength: options["max-length"], tokenBudget: 4096, evaluations: 1 };
  const app = await trainByApp(data, Recipe.parse(fields), home);
  const shell = await trainByShell(data, fields, home);
  const row = (name: string, { accuracy, prompts, comparisons }: Report) => [
    name,
    `${(100 * accuracy).toFixed(1)} %`,
    `${prompts} (${comparisons} comparisons)`,
  ];
  const text = table(
    ["", "held-out accuracy", "held-out prompts"],
    [row("by the app", app), row("by borda train", shell)],
  );
  console.log(options.json ? JSON.stringify({ app, shell }) : text);
  return app.prompts === shell.prompts && Math.abs(app.accuracy - shell.accuracy) <= TOLERANCE;
}

async function trainByShell(data: string, fields: object, home: string): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), "borda-app-training-"));
  try {
    const recipe = join(folder, "recipe.json");
    await writeFile(recipe, JSON.stringify(fields));
    const words = [borda, "train", data, "--recipe", recipe, "--out", join(folder, "checkpoint"), "--json"];
    const line = await lastLine(process.execPath, words, { ...process.env, BORDA_HOME: home });
    return z
      .object({ eval: z.object({ accuracy: z.number(), comparisons: z.number(), prompts: z.number() }) })
      .parse(JSON.parse(line)).eval;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
