// node scripts/healthy.mjs URL|worker: a container's health check. 0 when the address answers well, or when this host's
// worker gave a sign of life within 30 s.
import { stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

const patienceSeconds = 30;

/** The worker writes its file every 5 s while it is awake and reaches the database (apps/worker/src/heart.ts). */
async function isWorkerAlive() {
  const file = join(process.env.BORDA_HOME ?? ".borda", "worker", `${hostname()}.json`);
  const { mtimeMs } = await stat(file);
  return Date.now() - mtimeMs < patienceSeconds * 1000;
}

/** @param {string} url */
async function answers(url) {
  const { ok } = await fetch(url, { signal: AbortSignal.timeout(4000) });
  return ok;
}

try {
  const asked = process.argv[2] ?? "";
  process.exitCode = (await (asked === "worker" ? isWorkerAlive() : answers(asked))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
