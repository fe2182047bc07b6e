import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { evaluate, verifyCheckpoint } from "@borda/reward-model";
import { readData } from "../data";
import { print, reportJson, reportText, tell } from "../output";

export async function evaluateCommand(
  checkpoint: string,
  paths: readonly string[],
  { json }: { readonly json?: boolean },
): Promise<void> {
  await verifyCheckpoint(checkpoint);
  const { groups, badRows } = await readData(paths);
  const report = await evaluate(checkpoint, groups, {
    threads: availableParallelism(),
    onProgress: (done, all) => tell(`${done} of ${all} prompts`),
  });
  if (json) print(JSON.stringify({ checkpoint: resolve(checkpoint), ...reportJson(report), bad_rows: badRows }));
  else print(reportText(report));
}
