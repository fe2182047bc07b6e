import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal, say } from "../bootstrap/checkout.mjs";

const requirements = join(import.meta.dirname, "requirements.txt");
/** Holds the hash of the requirements once all of them are installed. */
const DONE = "borda-requirements";
/** PyTorch's own index of packages without CUDA, a tenth of the size; PyPI's is taken where it cannot be reached. */
const CPU_INDEX = "https://download.pytorch.org/whl/cpu";

/** A Python with the libraries to compare with, in a virtual environment under BORDA_HOME that is made once. */
export async function pythonWithLibraries(home: string): Promise<string> {
  const folder = join(home, "python");
  const python = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const text = await readFile(requirements, "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const done = join(folder, DONE);
  if (existsSync(python) && existsSync(done) && (await readFile(done, "utf8")) === hash) return python;
  say(`Setting up Python's libraries in ${folder}: up to a few GB, once.`);
  await rm(folder, { recursive: true, force: true });
  const interpreter = process.platform === "win32" ? "python" : "python3";
  if ((await run(interpreter, ["-m", "venv", folder])) !== 0)
    throw new Refusal("NO_PYTHON", `${interpreter} -m venv failed: install Python 3.10 or newer with its venv module.`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const torch = text.split("\n").find((line) => line.startsWith("torch"))!;
  if (await reaches(CPU_INDEX)) await run(python, [...pip, torch, "--index-url", CPU_INDEX]);
  if ((await run(python, [...pip, "-r", requirements])) !== 0)
    throw new Refusal("PIP_FAILED", `pip could not install ${requirements}: see its words above, and run this again.`);
  await writeFile(done, hash);
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
