import { spawn } from "node:child_process";
import { checkout } from "../bootstrap/checkout.mjs";
import { fail, pass, type Suite } from "./outcome";

/** Nothing here takes this long unless it hangs. */
const longestSeconds = 900;

export interface CommandResult {
  /** 0 when it was well; null when it was killed or hung. */
  readonly code: number | null;
  readonly output: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** "show": lines go to the terminal as they come. "keep": they come back in `output`. */
  readonly output: "show" | "keep";
}

/** Runs node with these arguments at the root of the checkout. Its process group ends with it. */
export function runNode(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: checkout,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", FORCE_COLOR: "0", ...options.env },
      stdio: options.output === "show" ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    const timer = setTimeout(() => child.kill("SIGKILL"), longestSeconds * 1000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** A tool that is content when it exits with 0; what it says is shown when it is not. */
export function commandCheck(name: string, args: readonly string[]): Suite {
  return {
    name,
    async run() {
      const { code, output } = await runNode(args, { output: "keep" });
      if (code === 0) return pass;
      console.log(output);
      return fail(`${name} (exit code ${code})`);
    },
  };
}
