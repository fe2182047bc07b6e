import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runText } from "./run-text";

const script = fileURLToPath(new URL("peer.py", import.meta.url));
const packages = ["numpy", "scikit-learn", "torch"];

/** A Python with the peers' packages: the one that is named, or an environment of its own below `home`, made once. */
export async function pythonOf(named: string | undefined, home: string): Promise<string> {
  if (named !== undefined) return named;
  const folder = join(home, "bench", "peers");
  const python = join(folder, "bin", "python");
  const ready = existsSync(python) && (await runText(python, ["-c", "import sklearn, torch"])).code === 0;
  if (ready) return python;
  process.stderr.write(`Setting up the peers (${packages.join(", ")}) in ${folder} ...\n`);
  for (const [command, args] of [
    ["python3", ["-m", "venv", folder]],
    [python, ["-m", "pip", "install", "--quiet", ...packages]],
  ] as const) {
    const { code, stderr } = await runText(command, args);
    if (code !== 0)
      throw new Error(`${command} ${args.join(" ")} failed; name a Python by --python, or take --no-peers.\n${stderr}`);
  }
  return python;
}

/** One run of a peer; see peer.py. */
export function peerCommand(python: string, ...args: readonly string[]): [string, string[]] {
  return [python, [script, ...args]];
}
