import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { closing } from "../../closing";

/** A server of a peer, with the processes that it starts. */
export interface PeerProcess {
  /** Waits until the server answers at all. Throws what it said when it ends before, or takes too long. */
  untilAnswers(url: string): Promise<void>;
  /** Ends it and all that it started. */
  stop(): Promise<void>;
}

const answersWithinSeconds = 180;
const endsWithinSeconds = 10;

/**
 * Starts a server in a process group of its own. It reaches nothing outside this machine: every proxy that it may ask
 * leads nowhere.
 */
export function startServer(
  command: string,
  words: readonly string[],
  { folder, environment }: { folder: string; environment: Readonly<Record<string, string>> },
): PeerProcess {
  const child = spawn(command, words, {
    cwd: folder,
    env: peerEnvironment(environment),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-8000);
    });
  }
  let failure: Error | null = null;
  child.on("error", (error) => {
    failure = error;
  });
  const gone = () => failure !== null || child.exitCode !== null || child.signalCode !== null;
  return {
    async untilAnswers(url) {
      const deadline = Date.now() + answersWithinSeconds * 1000;
      while (!(await answers(url))) {
        if (gone() || Date.now() > deadline) throw new Error(`${command} does not answer at ${url}. It said:\n${said}`);
        await pause(200);
      }
    },
    stop: closing(async () => {
      if (!gone()) {
        const ended = once(child, "exit");
        signalGroup(child, "SIGTERM");
        await Promise.race([ended, pause(endsWithinSeconds * 1000)]);
      }
      signalGroup(child, "SIGKILL");
    }),
  };
}

/** What a peer's process sees: this one's environment without Borda's own names, and no way out of this machine. */
export function peerEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  const kept = Object.entries(process.env).filter(([name]) => !/^(BORDA_|DATABASE_URL$|REDIS_URL$|npm_)/.test(name));
  const proxies = { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere };
  return {
    ...Object.fromEntries(kept),
    ...proxies,
    NO_PROXY: "localhost,127.0.0.1",
    no_proxy: "localhost,127.0.0.1",
    ...own,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const reply = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) });
    return reply.status < 500;
  } catch {
    return false; // nobody listens yet
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // ESRCH: the whole group is gone
  }
}
