import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal, say } from "./bootstrap/checkout.mjs";

/** Holds the list of packages once all of them are installed. */
const DONE = "borda-packages";
/** PyTorch's own index of packages without CUDA, a tenth of the size; PyPI's is taken where it cannot be reached. */
const CPU_INDEX = "https://download.pytorch.org/whl/cpu";

/**
 * The interpreter of a virtual environment `home`/python/`name` with these packages of PyPI, each as pip is told it
 * ("torch>=2.4"). Made once; another list makes it anew. Throws Refusal with the code NO_PYTHON or PIP_FAILED.
 */
export async function pythonWith(home: string, name: string, packages: readonly string[]): Promise<string> {
  const folder = join(home, "python", name);
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(folder, DONE);
  const wanted = `${packages.join("\n")}\n`;
  if (existsSync(python) && existsSync(done) && (await readFile(done, "utf8")) === wanted) return python;
  say(`Setting up Python with ${packages.join(", ")} in ${folder}: up to a few GB, once.`);
  await rm(folder, { recursive: true, force: true });
  const interpreter = process.platform === "win32" ? "python" : "python3";
  if ((await run(interpreter, ["-m", "venv", folder])) !== 0)
    throw new Refusal("NO_PYTHON", `${interpreter} -m venv failed: install Python 3.10 or newer with its venv module.`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const torch = packages.find((each) => /^torch\b/.test(each));
  if (torch && (await reaches(CPU_INDEX))) await run(python, [...pip, torch, "--index-url", CPU_INDEX]);
  if ((await run(python, [...pip, ...packages])) !== 0)
    throw new Refusal(
      "PIP_FAILED",
      `pip could not install ${packages.join(", ")}: see its words above, and run this again.`,
    );
  await writeFile(done, wanted);
  return python;
}

async function reaches(address: string): Promise<boolean> {
  try {
    return (await fetch(`${address}/torch/`, { method: "HEAD", signal: AbortSignal.timeout(5000) })).ok;
  } catch {
    return false; // then the index that pip is set up with serves torch, too
  }
}

function run(command: string, words: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, words, { stdio: ["ignore", "ignore", "inherit"] });
    child.on("error", () => resolve(null));
    child.on("exit", resolve);
  });
}
