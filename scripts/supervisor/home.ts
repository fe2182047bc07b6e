import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { Refusal } from "../bootstrap/checkout.mjs";
import { requireSpace } from "../bootstrap/disk.mjs";
import { takeLock } from "../bootstrap/lock.mjs";

const Secrets = z.object({
  /** Signs sessions. */
  authSecret: z.string().min(32),
  /** Web shows it to the scorer for "Try it". */
  internalToken: z.string().min(32),
});
export type Secrets = z.infer<typeof Secrets>;

/** The folder of one Borda, held by this process. */
export interface Home {
  readonly folder: string;
  readonly secrets: Secrets;
  readonly postgres: string;
  readonly logs: string;
  /** Lets the next start have it. */
  release(): void;
}

/** A fresh Postgres with its first segments of write-ahead log, and room to begin work. */
const spaceWanted = 300 * 2 ** 20;

/** Makes or opens the home and takes its lock. Throws Refusal when another start has it, or the disk is full. */
export async function openHome(folder: string): Promise<Home> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await requireSpace(folder, spaceWanted, "Borda");
  const lock = takeLock(join(folder, "lock"));
  if ("heldBy" in lock) {
    throw new Refusal(
      "HOME_IN_USE",
      `Another Borda (process ${lock.heldBy}) runs from ${folder}: stop it, or choose another folder with npm start -- --home DIR --port N.`,
    );
  }
  try {
    const logs = join(folder, "logs");
    for (const inner of [logs, join(folder, "storage"), join(folder, "runs")]) await mkdir(inner, { recursive: true });
    const secrets = await openSecrets(join(folder, "secrets.json"));
    return { folder, secrets, postgres: join(folder, "postgres"), logs, release: lock.release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Reads the secrets, or makes them at the first start. Nobody else on this machine may read the file. */
async function openSecrets(path: string): Promise<Secrets> {
  if (existsSync(path)) {
    await chmod(path, 0o600);
    return readSecrets(path);
  }
  const made: Secrets = { authSecret: secret(), internalToken: secret() };
  const draft = `${path}.new`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify(made, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return made;
}

function readSecrets(path: string): Secrets {
  try {
    return Secrets.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Refusal(
      "INVALID_SECRETS",
      `${path} cannot be read as Borda's secrets: restore it from a backup, or remove it (everybody must then sign in again).`,
      { cause },
    );
  }
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}
