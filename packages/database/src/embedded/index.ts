import { existsSync } from "node:fs";
import { realpath, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import pg from "pg";
import { PortTaken } from "../errors";
import { accountFor } from "./account";
import { findBinaries } from "./binaries";
import { ensureCluster, remember, SUPERUSER } from "./cluster";
import { isAlive, pidFile, readPostmaster, serves } from "./processes";
import { launch, stopServer, untilReady } from "./server";

export interface EmbeddedPostgresOptions {
  /** The server's data; made when it is not there. */
  readonly dataDir: string;
  /** Without it: the port of the last start while it is free, else any free one. */
  readonly port?: number | undefined;
  /** Appended to; server.log in the data folder without it. */
  readonly logFile?: string | undefined;
  /** Of the superuser, when the data is made first; a random one, kept beside the data, without it. */
  readonly password?: string | undefined;
}

export interface EmbeddedPostgres {
  /** Of the database "borda", on 127.0.0.1, password included. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends connections, writes everything down and returns when the server is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm installed. It listens on 127.0.0.1 only, and in a session of its own, so that Ctrl-C
 * reaches the programs that use it first. A server of the same data that lost its owner is adopted, or stopped when
 * another port is wanted; what a kill -9 left behind is recovered from. Throws DiskFull, PortTaken, PostgresFailed.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries();
  const wanted = await settle(options.dataDir);
  const account = await accountFor([binaries.folder, wanted]);
  const memory = await ensureCluster(wanted, binaries, account, options.password);
  const dataDir = await realpath(wanted);
  const handle = async (pid: number, port: number): Promise<EmbeddedPostgres> => {
    if (port !== memory.port) await remember(dataDir, { ...memory, port });
    const url = `postgresql://${SUPERUSER}:${encodeURIComponent(memory.password)}@127.0.0.1:${port}/borda`;
    await ensureDatabase(url);
    return { url, port, pid, stop: () => stopServer(pid, dataDir, binaries) };
  };

  const orphan = await readPostmaster(dataDir);
  if (orphan && (await serves(orphan.pid, dataDir))) {
    if (options.port === undefined || options.port === orphan.port) {
      await untilReady(dataDir, orphan.pid);
      return handle(orphan.pid, orphan.port);
    }
    await stopServer(orphan.pid, dataDir, binaries);
  } else if (orphan && isAlive(orphan.pid)) {
    await rm(pidFile(dataDir), { force: true });
  }

  const log = resolve(options.logFile ?? join(dataDir, "server.log"));
  const port = options.port ?? (await choosePort(memory.port));
  try {
    return await handle(await launch({ dataDir, port, log, binaries, account }), port);
  } catch (error) {
    // Somebody took the port between the look and the start: any other does as well, unless it was asked for.
    if (!(error instanceof PortTaken) || options.port !== undefined) throw error;
    const other = await choosePort(null);
    return handle(await launch({ dataDir, port: other, log, binaries, account }), other);
  }
}

/** The absolute path, free of symbolic links as far as it exists: the server names its folder so. */
async function settle(path: string): Promise<string> {
  const absolute = resolve(path);
  if (existsSync(absolute)) return realpath(absolute);
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(await settle(parent), basename(absolute));
}

async function ensureDatabase(url: string): Promise<void> {
  const INVALID_CATALOG_NAME = "3D000";
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
  } catch (error) {
    if ((error as { code?: string }).code !== INVALID_CATALOG_NAME) throw error;
    const admin = new pg.Client({ connectionString: url.replace(/\/borda$/, "/postgres") });
    await admin.connect();
    await admin.query("CREATE DATABASE borda").finally(() => admin.end());
  } finally {
    await client.end();
  }
}

async function choosePort(remembered: number | null): Promise<number> {
  if (remembered !== null && (await tryPort(remembered)) !== null) return remembered;
  return (await tryPort(0))!;
}

/** The port that could be listened on; null when it is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((found) => {
    const server = createServer();
    server.once("error", () => found(null));
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => found(free));
    });
  });
}
