import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../embedded";
import { migrate } from "../migrate";

export interface TestServer {
  /** Of a migrated, empty database that nobody is connected to: the template of every test's own. */
  readonly templateUrl: string;
  stop(): Promise<void>;
}

/** A real PostgreSQL in a temporary folder, which goes away with it. */
export async function startTestServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "borda-test-"));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, "postgres") });
  await migrate(server.url);
  return {
    templateUrl: server.url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
