import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLine } from "../program";
import { rankedPrompts } from "../retrain/data";

const command = fileURLToPath(new URL("../../scripts/borda.mjs", import.meta.url));
const recipe = { maxLength: 512, tokenBudget: 4096, pooling: "mean", evaluations: 1 };
const STEPS = 8;

/** A checkpoint of all-MiniLM-L6-v2 in `folder`, trained for a few steps on `data`, or on generated prompts. */
export async function trainedCheckpoint(backbone: string, folder: string, data: string | null): Promise<string> {
  const [fields, out] = [join(folder, "recipe.json"), join(folder, "checkpoint")];
  await writeFile(fields, JSON.stringify(recipe));
  const words = ["--backbone", backbone, "--recipe", fields, "--max-steps", `${STEPS}`, "--out", out, "--json"];
  await lastLine(process.execPath, [command, "train", data ?? (await generated(folder)), ...words]);
  return out;
}

async function generated(folder: string): Promise<string> {
  const rows = rankedPrompts(24, 4).map(({ prompt, completions, rankings }) =>
    JSON.stringify({ prompt, completions, tiers: rankings[0]!.tiers }),
  );
  const path = join(folder, "generated.jsonl");
  await writeFile(path, `${rows.join("\n")}\n`);
  return path;
}
