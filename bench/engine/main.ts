import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chooseRuntime, type ExecutorName, type Precision, RuntimeUnavailable } from "@borda/tensor";
import { count, optionsOf } from "../options";
import type { Measurement } from "./step";

const phases = ["forward", "gradients", "step"] as const;
const child = fileURLToPath(new URL("step.ts", import.meta.url));

const lanes = [
  ["onnx", "float32"],
  ["tensorflow", "float32"],
  ["tensorflow", "bfloat16"],
] as const;

const table = { rows: count.default(16), tokens: count.default(128), runs: count.default(10) };

/**
 * Where the time of one training step goes, on every executor of the processor that is here: forward alone, with the
 * gradients, and the whole step with clipping and AdamW. `--rows N` (16), `--tokens N` (128), `--runs N` (10).
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const { rows: n, tokens, runs } = optionsOf(argv, table);
  const home = process.env.BORDA_HOME ?? fileURLToPath(new URL("../../.borda", import.meta.url));
  console.log(`${n} x ${tokens} tokens, 6 layers of 384, 2 threads; milliseconds by the clock / of the processor`);
  console.log(`${"".padEnd(24)}${phases.map((phase) => phase.padStart(16)).join("")}    first    peak MB`);
  for (const [executor, precision] of lanes) {
    const reason = await missing(executor, precision, home);
    if (reason) {
      console.log(`${executor} ${precision}: ${reason}`);
      continue;
    }
    const rows: Measurement[] = [];
    for (const phase of phases) {
      const args = ["--import", "tsx", child, executor, precision, phase, ...[n, tokens, runs].map(String)];
      const environment = { ...process.env, BORDA_HOME: home };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
      rows.push(JSON.parse(stdout.trim().split("\n").at(-1)!));
    }
    const cells = rows.map(({ wall, processor }) => `${wall.toFixed(0)} / ${processor.toFixed(0)}`.padStart(16));
    const { first, peak } = rows.at(-1)!;
    const name = `${executor} ${precision}`.padEnd(24);
    console.log(`${name}${cells.join("")}${first.toFixed(0).padStart(9)}${(peak / 1e6).toFixed(0).padStart(11)}`);
  }
  return true;
}

/** Why a lane does not run here, or nothing. */
async function missing(executor: ExecutorName, precision: Precision, home: string): Promise<string | undefined> {
  try {
    await chooseRuntime({ executor, device: "cpu", precision }, home);
    return undefined;
  } catch (error) {
    if (error instanceof RuntimeUnavailable) return error.message;
    throw error;
  }
}
