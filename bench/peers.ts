import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonWith } from "@borda/scripts/python";

/** What the peers of the benches of training and scoring import. */
const packages = [
  "accelerate",
  "datasets",
  "numpy",
  "peft>=0.17",
  "scikit-learn",
  "torch>=2.4",
  "transformers>=5.0",
  "trl",
];

/** The Python that was named by --python, or one with the peers' packages below `home`, made once. */
export async function pythonOfPeers(named: string | undefined, home: string): Promise<string> {
  return named ?? (await pythonWith(home, "peers", packages));
}

/** The folder beside the checkout that holds peers and data which are not Borda's to publish. */
const shared = fileURLToPath(new URL("../../shared", import.meta.url));

export function hasShared(...path: readonly string[]): boolean {
  return existsSync(join(shared, ...path));
}

/** A file of that folder. Throws where it is not here. */
export function sharedFile(...path: readonly string[]): string {
  const file = join(shared, ...path);
  if (existsSync(file)) return file;
  throw new Error(`${file} is not here, and this bench measures beside it: it is not part of the repository.`);
}
