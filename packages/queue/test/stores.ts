import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbeddedPostgres } from "@borda/database";
import type { QueueConnection } from "../src/backend";

/** A real store of jobs on this machine, which can be killed and started again with its data. */
export interface Store {
  readonly lane: "postgres" | "redis";
  readonly connection: QueueConnection;
  /** Ends the server as a power cut would. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

export const redisIsInstalled = (() => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

export async function startRedis(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "borda-redis-"));
  const port = await freePort();
  let server: ChildProcess;
  const start = async () => {
    server = spawn(
      "redis-server",
      ["--port", `${port}`, "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", ""],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    for await (const line of server.stdout!) if (`${line}`.includes("Ready to accept connections")) break;
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    lane: "redis",
    connection: { databaseUrl: "postgresql://nobody@127.0.0.1:1/none", redisUrl: `redis://127.0.0.1:${port}` },
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until `look` gives something true, and fails with `what` after `seconds`. */
export async function eventually<T>(what: string, seconds: number, look: () => T | Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(50);
  }
}

export async function startPostgres(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "borda-postgres-"));
  const port = await freePort();
  const start = () => startEmbeddedPostgres({ dataDir: join(folder, "data"), port });
  let server = await start();
  return {
    lane: "postgres",
    connection: { databaseUrl: server.url },
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await eventually("the end of Postgres", 10, () => !isAlive(server.pid));
    },
    async restart() {
      server = await start();
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
