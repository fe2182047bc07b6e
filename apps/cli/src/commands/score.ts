import { createReadStream } from "node:fs";
import { availableParallelism } from "node:os";
import { recordsOf } from "@borda/datasets";
import { Prompt } from "@borda/preferences";
import { loadScorer, type Scorer, verifyCheckpoint } from "@borda/reward-model";
import { z } from "zod";
import { BadInput, fieldProblem } from "../failures";
import { print } from "../output";

/** A line to score; what else it holds is handed through. */
const ScoreRow = z.looseObject({
  prompt: Prompt,
  completions: z.array(z.union([z.string().min(1), z.looseObject({ text: z.string().min(1) })])).min(1),
});
type ScoreRow = z.infer<typeof ScoreRow>;

/** Rows scored together, so that batches can be filled with like lengths. */
const CHUNK = 32;

/** All input is read and checked before the first score is printed, so that bad input leaves no half of an output. */
export async function scoreCommand(checkpoint: string, file: string): Promise<void> {
  await verifyCheckpoint(checkpoint);
  const name = file === "-" ? "Standard input" : file;
  const source = file === "-" ? process.stdin : createReadStream(file);
  const rows: ScoreRow[] = [];
  for await (const record of recordsOf(source as AsyncIterable<Uint8Array>, () => 0)) {
    const where = `${name}, line ${record.line}`;
    if ("fault" in record) throw new BadInput(`${where} ${record.fault.problem}. ${record.fault.remedy}`);
    const parsed = ScoreRow.safeParse(record.value);
    if (!parsed.success)
      throw new BadInput(`${where}, ${fieldProblem(parsed.error)}. A line is {"prompt": ..., "completions": [...]}.`);
    rows.push(parsed.data);
  }
  const scorer = await loadScorer(checkpoint, { threads: availableParallelism(), rows: "many" });
  try {
    for (let at = 0; at < rows.length; at += CHUNK) await printScores(scorer, rows.slice(at, at + CHUNK));
  } finally {
    await scorer.close();
  }
}

async function printScores(scorer: Scorer, rows: readonly ScoreRow[]): Promise<void> {
  const groups = rows.map(({ prompt, completions }) => ({
    prompt,
    completions: completions.map((completion) => (typeof completion === "string" ? completion : completion.text)),
  }));
  const scores = await scorer.scoreGroups(groups);
  rows.forEach((row, index) => {
    print(JSON.stringify({ ...row, scores: scores[index]!.map(({ reward }) => reward) }));
  });
}
