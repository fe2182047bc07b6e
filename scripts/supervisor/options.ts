import { parseArgs } from "node:util";
import { z } from "zod";
import { Refusal } from "../bootstrap/checkout.mjs";
import { homeOf } from "../bootstrap/home.mjs";

/** What a person may choose about this Borda. */
export interface Options {
  /** Folder of everything this Borda keeps. */
  readonly home: string;
  /** Address that web and scorer listen on. */
  readonly host: string;
  /** Web listens here, the scorer on the next one. */
  readonly port: number;
  /** Where browsers reach web. */
  readonly webUrl: string;
  /** A server of one's own; absent: the embedded one. */
  readonly databaseUrl?: string;
  /** Absent: the queue lives in Postgres. */
  readonly redisUrl?: string;
  /** `reset`: an admin who is there already gets a new password. */
  readonly admin: { readonly email: string; readonly password?: string; readonly reset: boolean };
  readonly logLevel: string;
  /** Whether the children's lines go to the terminal too. */
  readonly verbose: boolean;
}

const usage = "npm start -- [--home DIR] [--port N] [--verbose] [--reset-admin]";

const Env = z.object({
  BORDA_HOST: z.string().default("127.0.0.1"),
  BORDA_WEB_URL: z.url({ protocol: /^https?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  BORDA_ADMIN_EMAIL: z.email().default("admin@borda.local"),
  BORDA_ADMIN_PASSWORD: z.string().min(10).optional(),
  LOG_LEVEL: z.string().default("info"),
  // npm keeps what stands before "--" for itself and leaves it here.
  npm_config_home: z.string().optional(),
  npm_config_port: z.string().optional(),
  npm_config_reset_admin: z.string().optional(),
});

/** Reads the command line, then the environment; empty variables count as absent. Throws Refusal. */
export function readOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Env.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Refusal("INVALID_ENVIRONMENT", `The variable ${issue?.path.join(".")} is not right: ${issue?.message}.`);
  }
  const env = parsed.data;
  if ([env.npm_config_home, env.npm_config_port, env.npm_config_reset_admin].some((kept) => kept !== undefined)) {
    throw new Refusal("USAGE", `npm keeps options for itself unless two dashes stand before them: ${usage}.`);
  }
  const { home, port, verbose, resetAdmin } = parseCommandLine(argv);
  return {
    home: homeOf(environment, home),
    host: env.BORDA_HOST,
    port,
    webUrl: env.BORDA_WEB_URL ?? `http://localhost:${port}`,
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    ...(env.REDIS_URL ? { redisUrl: env.REDIS_URL } : {}),
    admin: {
      email: env.BORDA_ADMIN_EMAIL,
      reset: resetAdmin,
      ...(env.BORDA_ADMIN_PASSWORD ? { password: env.BORDA_ADMIN_PASSWORD } : {}),
    },
    logLevel: env.LOG_LEVEL,
    verbose,
  };
}

function parseCommandLine(argv: readonly string[]) {
  const { home, port, verbose, "reset-admin": resetAdmin } = parseStrictly(argv);
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_534) {
    throw new Refusal("USAGE", `--port ${port} is not a port: give a number from 1 to 65534, as in ${usage}.`);
  }
  return { ...(home === undefined ? {} : { home }), port: number, verbose, resetAdmin };
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        home: { type: "string" },
        port: { type: "string", default: "3000" },
        verbose: { type: "boolean", default: false },
        "reset-admin": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const said = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new Refusal("USAGE", `${said}; the command is ${usage}.`);
  }
}
