import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { isAlive, startOf } from "../bootstrap/lock.mjs";

const Processes = z.record(z.string(), z.object({ pid: z.int().positive(), started: z.string() }));

/** Which processes run for a home, written down for the start after a killed supervisor, and for people. */
export interface Processes {
  write(running: Readonly<Record<string, number | undefined>>): void;
  /** Ends the services that a killed supervisor left running; their names. PostgreSQL is adopted by its next start. */
  endLeftOver(): Promise<string[]>;
  forget(): void;
}

const kept = new Set(["supervisor", "postgres"]);
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
      const left = rows.filter(([name, found]) => !kept.has(name) && isAlive(found));
      await Promise.all(left.map(([, found]) => end(found)));
      return left.map(([name]) => name);
    },

    forget: () => rmSync(path, { force: true }),
  };
}

/** Lets it finish its work; ends it when that takes too long. */
async function end(found: { pid: number; started: string }): Promise<void> {
  process.kill(found.pid, "SIGTERM");
  const deadline = Date.now() + patience;
  while (isAlive(found)) {
    if (Date.now() > deadline) process.kill(found.pid, "SIGKILL");
    await pause(50);
  }
}
