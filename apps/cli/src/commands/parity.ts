import { statSync } from "node:fs";
import {
  chooseRuntime,
  type Figure,
  findReferences,
  type ParityOptions,
  type ParityReport,
  parity,
  RewardModelError,
  type RuntimeWish,
} from "@borda/reward-model";
import { readEnvironment } from "../env";
import { print, tell } from "../output";

export interface ParityFlags extends Pick<RuntimeWish, "executor" | "device"> {
  readonly weights?: string;
  readonly json?: boolean;
}

/** Compares the engine with reference folders; exits 1 where a figure is out of tolerance. */
export async function parityCommand(folders: readonly string[], flags: ParityFlags): Promise<void> {
  const wish = { executor: flags.executor, device: flags.device, precision: "float32" } as const;
  const { runtime, reasons } = await chooseRuntime(wish, readEnvironment().BORDA_HOME);
  for (const reason of reasons) tell(reason);
  const options = { runtime, ...(flags.weights !== undefined && { weights: flags.weights }) };
  const reports: ParityReport[] = [];
  const withoutWeights: string[] = [];
  // A shell's DIR/* names the files beside the folders as well.
  for (const folder of folders.filter((path) => folders.length === 1 || !statSync(path).isFile()))
    for (const reference of await findReferences(folder)) {
      const alone = folders.length === 1 && reference === folder;
      const report = await runOne(reference, alone ? "must run" : "may lack weights", options);
      if (!report) withoutWeights.push(reference);
      else {
        reports.push(report);
        if (!flags.json) printReport(report);
      }
    }
  const passed = reports.length > 0 && reports.every((report) => report.passed);
  if (flags.json)
    print(
      JSON.stringify({
        executor: runtime.executor,
        device: runtime.device,
        passed,
        folders: reports,
        without_weights: withoutWeights,
      }),
    );
  else {
    for (const reference of withoutWeights) print(`${reference}: not compared, its weights are named by --weights`);
    print(`${reports.filter((report) => report.passed).length} of ${reports.length} agree.`);
  }
  if (!passed) process.exitCode = 1;
}

/** Nothing for a reference without weights that may lack them, as one among others. */
async function runOne(
  reference: string,
  need: "must run" | "may lack weights",
  options: ParityOptions,
): Promise<ParityReport | undefined> {
  try {
    return await parity(reference, options);
  } catch (error) {
    const lacking = error instanceof RewardModelError && error.code === "NEEDS_WEIGHTS";
    if (lacking && need === "may lack weights") return undefined;
    throw error;
  }
}

function printReport({ folder, modelType, figures, passed }: ParityReport): void {
  print(`${folder} (${modelType}): ${passed ? "agrees" : "does not agree"}`);
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const each of figures) print(`  ${lineOf(each, width)}`);
}

function lineOf({ name, absolute, relative, judged, tolerance, passed, worst }: Figure, width: number): string {
  const figures = `absolute ${absolute.toExponential(1)}  relative ${relative.toExponential(1)}`;
  const verdict = passed ? "ok" : `beyond ${tolerance.toExponential(0)} ${judged}`;
  return `${name.padEnd(width)}  ${figures}  ${verdict}${worst === undefined ? "" : `  (${worst})`}`;
}
