import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port";
import type { Store } from "./store";

/** Whether a Redis can be started here. */
export const redisIsInstalled = (() => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** A Redis that fsyncs every command, in a temporary folder, which goes away with it. Its `databaseUrl` leads nowhere. */
export async function startRedis(): Promise<Store & { readonly redisUrl: string }> {
  const folder = mkdtempSync(join(tmpdir(), "borda-redis-"));
  const port = await freePort();
  const options = [
    "--port",
    `${port}`,
    "--dir",
    folder,
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
    "--save",
    "",
  ];
  let server: ChildProcess;
  const start = async () => {
    server = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of server.stdout!) if (`${line}`.includes("Ready to accept connections")) break;
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, "exit");
    server.kill("SIGKILL");
    await gone;
  };
  await start();
  const redisUrl = `redis://127.0.0.1:${port}`;
  return {
    redisUrl,
    connection: { databaseUrl: "postgresql://nobody@127.0.0.1:1/none", redisUrl },
    kill,
    restart: start,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
