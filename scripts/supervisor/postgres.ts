import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEmbeddedPostgres } from "@borda/database";
import { isAlive, startOf } from "../bootstrap/lock.mjs";
import { createBackoff } from "./backoff";
import type { Home } from "./home";

export interface Postgres {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
  kill(): void;
}

const watchMilliseconds = 250;

/** Runs the home's own PostgreSQL, on one port as long as this process lives, and starts it again when it dies. */
export async function keepPostgres(home: Home, say: (line: string) => void, changed: () => void): Promise<Postgres> {
  const logFile = join(home.logs, "postgres.log");
  const start = (port?: number) => startEmbeddedPostgres({ dataDir: home.postgres, port, logFile });
  const backoff = createBackoff({ first: 100 });
  let server = await start();
  let startedAt = Date.now();
  const ended = new AbortController();

  async function watch(): Promise<void> {
    let process = { pid: server.pid, started: startOf(server.pid) };
    while (!ended.signal.aborted) {
      await pause(watchMilliseconds);
      if (ended.signal.aborted || isAlive(process)) continue;
      const wait = backoff.next(Date.now() - startedAt);
      say(`postgres ended; starting it again in ${wait / 1000} s. Log: ${logFile}`);
      await pause(wait);
      if (ended.signal.aborted) return;
      startedAt = Date.now();
      try {
        server = await start(server.port);
        process = { pid: server.pid, started: startOf(server.pid) };
        changed();
      } catch (error) {
        say(`postgres: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  const watching = watch();

  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    async stop() {
      ended.abort();
      await Promise.all([watching, server.stop()]);
    },
    kill() {
      ended.abort();
      // Immediate shutdown: the next start replays the write-ahead log.
      if (startOf(server.pid) !== "") process.kill(server.pid, "SIGQUIT");
    },
  };
}
