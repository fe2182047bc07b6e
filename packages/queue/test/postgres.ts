import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@borda/database";
import { eventually, freePort, type Store } from "../src/testing";

export async function startPostgres(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "borda-postgres-"));
  const port = await freePort();
  const start = () => startEmbeddedPostgres({ dataDir: join(folder, "data"), port });
  let server = await start();
  return {
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
