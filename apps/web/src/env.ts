import { z } from "zod";
import { passwordLength } from "./features/accounts/password";

const Env = z.object({
  NODE_ENV: z.enum(["development", "production", "test"]).default("production"),
  /** Folder of everything Borda keeps outside the database. */
  BORDA_HOME: z.string().min(1),
  DATABASE_URL: z.url(),
  /** Absent: the queue lives in the same Postgres. */
  REDIS_URL: z.url().optional(),
  /** Signs sessions; changing it signs everybody out. */
  BORDA_SECRET: z.string().min(32),
  /** Where browsers reach this app; https makes cookies secure and turns HSTS on. */
  BORDA_WEB_URL: z.url({ protocol: /^https?$/ }).default("http://localhost:3000"),
  /** Where this app reaches the scorer. */
  BORDA_SCORER_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:3001"),
  /** Where API consumers reach the scorer, for the examples; absent: as this app does. */
  BORDA_SCORER_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Largest file that may be imported; it streams, so the limit is for the disk. */
  BORDA_MAX_UPLOAD_BYTES: z.coerce.number().int().positive().default(5_000_000_000),
  /** Shared with the scorer; lets "Try it" score without an API key. */
  BORDA_INTERNAL_TOKEN: z.string().min(16).optional(),
  /** Sign-in of the first admin; absent: admin@borda.local with a random password. */
  BORDA_ADMIN_EMAIL: z.email().optional(),
  BORDA_ADMIN_PASSWORD: z.string().min(passwordLength.min).max(passwordLength.max).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});
export type Env = z.infer<typeof Env>;

export class InvalidEnvironment extends Error {
  readonly code = "INVALID_ENVIRONMENT";
  constructor(problems: string) {
    super(`The environment of apps/web is incomplete; set these variables, or use \`npm start\`:\n${problems}`);
    this.name = "InvalidEnvironment";
  }
}

let parsed: Env | undefined;

/** The environment, parsed at its first use: a build needs none of it. Empty variables count as absent. */
export function env(): Env {
  if (parsed) return parsed;
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const result = Env.safeParse(given);
  if (!result.success) throw new InvalidEnvironment(z.prettifyError(result.error));
  parsed = result.data;
  return parsed;
}

/** Origins that may talk to this app: the public one, and this machine's names at the same port. */
export function trustedOrigins(): string[] {
  const { protocol, port, origin } = new URL(env().BORDA_WEB_URL);
  const at = port ? `:${port}` : "";
  return [...new Set([origin, `${protocol}//localhost${at}`, `${protocol}//127.0.0.1${at}`])];
}

/** Whether browsers reach this app over https. */
export function isSecure(): boolean {
  return env().BORDA_WEB_URL.startsWith("https:");
}
