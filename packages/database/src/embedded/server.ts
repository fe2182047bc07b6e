import { execFile, spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { PortTaken, PostgresFailed } from "../errors";
import type { Account } from "./account";
import type { Binaries } from "./binaries";
import { failureOf } from "./cluster";
import { isAlive, readPostmaster } from "./processes";

const POLL_MS = 20;
/** Recovery after a crash replays at most max_wal_size, which takes seconds; a slow disk gets time. */
const READY_SECONDS = 120;
const STOP_SECONDS = 60;
/** What a killed server leaves (a backend finishing its statement) is gone within moments. */
const LEFTOVER_SECONDS = 15;

const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "128MB",
  // Not "minimal": then a sequence made and first used in one transaction (BullMQ's job ids) goes back in a crash,
  // and gives out numbers again.
  wal_level: "replica",
  max_wal_senders: "0",
  max_wal_size: "1GB",
  // The planner's default supposes a spinning disk.
  random_page_cost: "1.1",
  // Statements here are short; compiling them costs more than it gains.
  jit: "off",
  log_checkpoints: "off",
  log_timezone: "UTC",
} as const;

interface Launch {
  readonly dataDir: string;
  readonly port: number;
  readonly log: string;
  readonly binaries: Binaries;
  readonly account: Account;
}

/** Starts the server and returns its process id once it takes connections. */
export async function launch(options: Launch): Promise<number> {
  const deadline = Date.now() + LEFTOVER_SECONDS * 1000;
  for (;;) {
    const outcome = await attempt(options);
    if ("pid" in outcome) return outcome.pid;
    if (/Address already in use|could not bind/.test(outcome.said)) throw new PortTaken(options.port);
    const leftover = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(outcome.said);
    if (!leftover || Date.now() > deadline) throw failureOf({ message: outcome.said }, options.dataDir);
    await pause(200);
  }
}

async function attempt({ dataDir, port, log, binaries, account }: Launch): Promise<{ pid: number } | { said: string }> {
  await mkdir(dirname(log), { recursive: true });
  const output = await open(log, "a").catch((error) => {
    throw failureOf(error, dataDir);
  });
  try {
    const { size: before } = await output.stat();
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const { file, args, ids } = account.command(binaries.postgres, ["-D", dataDir, "-p", String(port), ...flags]);
    const env = { ...process.env, LC_MESSAGES: "C" };
    const child = spawn(file, args, { ...ids, env, detached: true, stdio: ["ignore", output.fd, output.fd] });
    child.unref();
    const ended = new Promise<Error | null>((resolve) => {
      child.once("error", resolve);
      child.once("exit", () => resolve(null));
    });
    const stopWaiting = new AbortController();
    const ready = child.pid === undefined ? ended : untilReady(dataDir, child.pid, stopWaiting.signal);
    const failure = await Promise.race([ready.then(() => undefined), ended]);
    stopWaiting.abort();
    if (failure === undefined) return { pid: child.pid! };
    if (failure) throw failureOf(failure, dataDir);
    return { said: (await readFile(log)).subarray(before).toString("utf8").trim() };
  } finally {
    await output.close();
  }
}

/** Waits until the server that `pid` names takes connections. */
export async function untilReady(dataDir: string, pid: number, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  while (!signal?.aborted) {
    const postmaster = await readPostmaster(dataDir);
    if (postmaster?.pid === pid && postmaster.ready) return;
    if (Date.now() > deadline)
      throw new PostgresFailed(`PostgreSQL in ${dataDir} is not ready after ${READY_SECONDS} s.`);
    await pause(POLL_MS);
  }
}

/** "Fast" shutdown: open transactions roll back, everything is written down. A server that hangs is ended like a crash. */
export async function stopServer(pid: number, dataDir: string, { pgCtl }: Binaries): Promise<void> {
  if (await isGone(pid, dataDir)) return;
  if (process.platform === "win32") {
    await promisify(execFile)(pgCtl, ["stop", "-D", dataDir, "-m", "fast", "-t", String(STOP_SECONDS)]);
    return;
  }
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (isAlive(pid)) process.kill(pid, signal);
    for (const deadline = Date.now() + STOP_SECONDS * 1000; Date.now() < deadline; await pause(POLL_MS))
      if (await isGone(pid, dataDir)) return;
  }
  throw new PostgresFailed(`PostgreSQL (process ${pid}) in ${dataDir} does not stop: end it by hand.`);
}

/** A server that ends properly removes its file; an adopted one may stay in the process table for nobody to collect. */
async function isGone(pid: number, dataDir: string): Promise<boolean> {
  return !isAlive(pid) || (await readPostmaster(dataDir))?.pid !== pid;
}
