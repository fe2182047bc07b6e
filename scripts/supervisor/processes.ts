import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isAlive, startOf } from "../bootstrap/lock.mjs";

const Processes = z.record(z.string(), z.object({ pid: z.int().positive(), started: z.string() }));

/** Which processes run for a home, written down for the start after a killed supervisor, and for people. */
export interface Processes {
  write(running: Readonly<Record<string, number | undefined>>): void;
  /** Ends what a killed supervisor left running; their names. */
  endLeftOver(): Promise<string[]>;
  forget(): void;
}

const patience = 10_000;

export function openProcesses(folder: string): Processes {
  const path = join(folder, "processes.json");
  return {
    write(running) {
      const rows = Object.entries(running).flatMap(([name, pid]) =>
        pid === undefined ? [] : [[name, { pid, started: startOf(pid) }] as const],
      );
      writeFileSync(`${path}.new`, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
      renameSync(`${path}.new`, path);
    },

    async endLeftOver() {
      if (!existsSync(path)) return [];
      const rows = Object.entries(Processes.parse(JSON.parse(readFileSync(path, "utf8"))));
      const left = rows.filter(([name, found]) => name !== "supervisor" && isAlive(found));
      await Promise.all(left.map(([name, found]) => end(name, found)));
      return left.map(([name]) => name);
    },

    forget: () => rmSync(path, { force: true }),
  };
}

/** SIGINT is Postgres' fast shutdown; the services finish their work on SIGTERM. */
async function end(name: string, found: { pid: number; started: string }): Promise<void> {
  process.kill(found.pid, name === "postgres" ? "SIGINT" : "SIGTERM");
  const deadline = Date.now() + patience;
  while (isAlive(found)) {
    if (Date.now() > deadline) process.kill(found.pid, "SIGKILL");
    await pause(50);
  }
}
