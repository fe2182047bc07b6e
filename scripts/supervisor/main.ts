import { DatabaseError } from "@borda/database";
import { Refusal } from "../bootstrap/checkout.mjs";
import { diskFull } from "../bootstrap/disk.mjs";
import { Borda, logsOf } from "./borda";
import type { FirstAdmin } from "./first-admin";
import { type Options, readOptions } from "./options";

/** npm passes a Ctrl-C on that the terminal has sent already: what follows this soon is the same one. */
const oneCtrlC = 1000;

/**
 * `npm start`, once installed and built. Resolves when Borda was stopped; throws Refusal for what a person can mend.
 */
export async function supervise(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const options = readOptions(argv, environment);
  const borda = new Borda(options, (line) => console.log(line));
  const stopped = stopOnSignals(borda);
  try {
    const admin = await borda.start();
    // Since this process began: what was installed and built before is in it.
    console.log(banner(options, admin, performance.now() / 1000));
  } catch (error) {
    await borda.stop();
    throw sentenceOf(error, options);
  }
  await stopped;
  console.log("Stopped. Everything is kept; npm start goes on from here.");
}

function stopOnSignals(borda: Borda): Promise<void> {
  return new Promise((resolve, reject) => {
    let askedAt = 0;
    const ask = () => {
      if (askedAt === 0) {
        askedAt = Date.now();
        console.log("\nStopping web, scorer, worker and the database ... (Ctrl-C again ends them at once)");
        borda.stop().then(resolve, reject);
      } else if (Date.now() - askedAt > oneCtrlC) {
        borda.kill();
        process.exit(130);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
  });
}

function banner({ webUrl, host, port, home }: Options, admin: FirstAdmin, seconds: number): string {
  const scorer = `http://${host.includes(":") ? `[${host}]` : host}:${port + 1}`;
  return [
    "",
    `Borda is ready after ${seconds.toFixed(1)} s: ${webUrl}`,
    ...signIn(admin),
    `  Scores:   ${scorer}/v1/scores`,
    `  Home:     ${home} (logs in ${logsOf(home)})`,
    "Ctrl-C stops everything and loses nothing.",
  ].join("\n");
}

function signIn(admin: FirstAdmin): string[] {
  if (admin.state === "present") return [];
  if (admin.password === undefined) return [`  Sign in:  ${admin.email} with the password in BORDA_ADMIN_PASSWORD`];
  return [`  Sign in:  ${admin.email}`, `  Password: ${admin.password} (shown this once; it is stored hashed)`];
}

/** What a person can mend becomes one sentence; anything else stays what it is. */
function sentenceOf(error: unknown, { home }: Options): unknown {
  if (error instanceof DatabaseError) return new Refusal(error.code, error.message, { cause: error });
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull(home, "a file could not be written");
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new Refusal(
      "HOME_FORBIDDEN",
      `${home} cannot be written to (${code}): choose another folder with npm start -- --home DIR.`,
    );
  }
  return error;
}
