import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { Refusal, say } from "../bootstrap/checkout.mjs";
import { homeOf } from "../bootstrap/home.mjs";
import { readCheckpoint } from "./checkpoint";
import { compare, tableOf } from "./comparison";
import { pythonWithLibraries } from "./libraries";
import { scoresOfBorda, scoresOfPython } from "./programs";
import { rowsToScore } from "./rows";
import { scoresOfTransformersJs } from "./transformers-js";

const usage = "npm run -s verify:python -- CHECKPOINT [--home DIR] [--python FILE] [--tolerance 1e-4] [--json]";

/**
 * Scores the same prompts and completions by Borda and by every library that opens the checkpoint, and prints how far each
 * is off at most. True where all that promise the same reward are within the tolerance; int8 is shown and not judged.
 */
export async function verify(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean> {
  const { checkpoint: folder, home, python, tolerance, json } = optionsOf(words, environment);
  const checkpoint = await readCheckpoint(folder);
  const interpreter = python ?? (await pythonWithLibraries(home));
  const scratch = await mkdtemp(join(tmpdir(), "borda-verify-"));
  try {
    const rows = rowsToScore(checkpoint);
    const file = join(scratch, "rows.json");
    await writeFile(file, JSON.stringify(rows));
    say(`Scoring ${rows.length} rows by Borda, Python (${checkpoint.opensIn}) and transformers.js.`);
    const borda = await scoresOfBorda(folder, rows, join(scratch, "rows.jsonl"));
    const others = [
      ...(await scoresOfPython(interpreter, folder, file)),
      await scoresOfTransformersJs(checkpoint, rows),
    ];
    const compared = others.map((other) => compare(borda, other, tolerance));
    process.stdout.write(json ? `${JSON.stringify(compared)}\n` : tableOf(compared, tolerance));
    return compared.every(({ passed }) => passed);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

const Tolerance = z.coerce.number().positive().default(1e-4);

function optionsOf(words: readonly string[], environment: NodeJS.ProcessEnv) {
  const options = {
    home: { type: "string" },
    python: { type: "string" },
    tolerance: { type: "string" },
    json: { type: "boolean", default: false },
  } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true; args: string[] }>>;
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (cause) {
    throw new Refusal("USAGE", `${(cause as Error).message} The command is ${usage}.`, { cause });
  }
  const { positionals, values } = parsed;
  const tolerance = Tolerance.safeParse(values.tolerance);
  if (positionals.length !== 1 || !tolerance.success) throw new Refusal("USAGE", `The command is ${usage}.`);
  const typedIn = environment.INIT_CWD ?? process.cwd();
  return {
    checkpoint: resolve(typedIn, positionals[0]!),
    home: homeOf(environment, values.home),
    python: values.python === undefined ? undefined : resolve(typedIn, values.python),
    tolerance: tolerance.data,
    json: values.json,
  };
}
