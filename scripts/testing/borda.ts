import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { checkout } from "../bootstrap/checkout.mjs";
import { freePortPair } from "../supervisor/ports";

export interface RunningBorda {
  readonly webUrl: string;
  readonly scorerUrl: string;
  readonly home: string;
  readonly admin: { readonly email: string; readonly password: string };
  /** What `npm start` said until it was ready. */
  readonly said: readonly string[];
  /** Seconds from the command to "ready". */
  readonly seconds: number;
  /** The supervisor itself. */
  readonly supervisor: ChildProcess;
  /** Process ids by name: supervisor, postgres, web, scorer, worker. */
  processes(): Record<string, number>;
  /** Ctrl-C, and waits for the end. The home stays when it was given. */
  stop(): Promise<number | null>;
}

export interface StartOptions {
  /** Absent: a temporary one, removed by stop(). */
  readonly home?: string;
  readonly port?: number;
  /** Of npm start, beside home and port. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly withinSeconds?: number;
}

export class StartFailed extends Error {
  readonly code = "START_FAILED";
  constructor(readonly said: readonly string[]) {
    super(`Borda did not start. It said:\n${said.join("\n")}`);
    this.name = "StartFailed";
  }
}

const admin = { email: "admin@borda.local", password: "first-sign-in-of-a-test" };

/** Starts a whole Borda as `npm start` does, on free ports. Throws StartFailed with what it said. */
export async function startBorda(options: StartOptions = {}): Promise<RunningBorda> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "borda-")));
  const port = options.port ?? (await freePortPair());
  const began = performance.now();
  const supervisor = spawn(
    process.execPath,
    [join(checkout, "scripts/start.mjs"), "--home", home, "--port", String(port), ...(options.args ?? [])],
    {
      cwd: checkout,
      env: { ...outside(), BORDA_ADMIN_EMAIL: admin.email, BORDA_ADMIN_PASSWORD: admin.password, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said: string[] = [];
  const whenEnded = async () => {
    if (supervisor.exitCode === null && supervisor.signalCode === null) await once(supervisor, "exit");
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
  };
  await untilReady(supervisor, said, options.withinSeconds ?? 240).catch(async (error: unknown) => {
    await whenEnded();
    throw error;
  });
  return {
    webUrl: `http://localhost:${port}`,
    scorerUrl: `http://127.0.0.1:${port + 1}`,
    home,
    admin,
    said,
    seconds: (performance.now() - began) / 1000,
    supervisor,
    processes: () => readProcesses(home),
    async stop() {
      const ended = whenEnded();
      supervisor.kill("SIGINT");
      await ended;
      return supervisor.exitCode;
    },
  };
}

/** Settles when the supervisor says it is ready; its lines go on being read, so that it never waits for a reader. */
function untilReady(supervisor: ChildProcess, said: string[], withinSeconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      supervisor.kill("SIGTERM");
      reject(new StartFailed([...said, `(not ready within ${withinSeconds} s)`]));
    }, withinSeconds * 1000);
    const hear = (line: string) => {
      said.push(line);
      if (line.startsWith("Borda is ready")) {
        clearTimeout(timer);
        resolve();
      }
    };
    for (const stream of [supervisor.stdout, supervisor.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", hear);
    }
    supervisor.on("exit", () => {
      clearTimeout(timer);
      reject(new StartFailed(said));
    });
  });
}

function readProcesses(home: string): Record<string, number> {
  const path = join(home, "processes.json");
  if (!existsSync(path)) return {};
  const rows: Record<string, { pid: number }> = JSON.parse(readFileSync(path, "utf8"));
  return Object.fromEntries(Object.entries(rows).map(([name, { pid }]) => [name, pid]));
}

/** This process' environment without what the test runner or a person's own Borda put there. */
function outside(): NodeJS.ProcessEnv {
  const own = /^(VITEST|PLAYWRIGHT|npm_|NODE_ENV$|DATABASE_URL$|REDIS_URL$|BORDA_(HOME|HOST|WEB_URL)$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
