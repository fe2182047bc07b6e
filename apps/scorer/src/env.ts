import { availableParallelism } from "node:os";
import { z } from "zod";

const Env = z.object({
  /** Folder of everything Borda keeps outside the database; checkpoints are in storage/ below it. */
  BORDA_HOME: z.string().min(1),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  HOST: z.string().default("127.0.0.1"),
  /** Lets web score for a signed-in person without an API key. */
  BORDA_INTERNAL_TOKEN: z.string().min(16).optional(),
  /** Threads that score; each holds its own copy of every open checkpoint. */
  BORDA_SCORER_THREADS: z.coerce.number().int().min(1).max(64).default(defaultThreads()),
  /** int8 is a quarter of the size; its rewards are near those that were measured, and differ a little by batch. */
  BORDA_SCORER_PRECISION: z.enum(["float32", "int8"]).default("float32"),
  /** Open checkpoints kept for the next request when nobody uses them. */
  BORDA_SCORER_CHECKPOINTS: z.coerce.number().int().min(1).default(4),
  /** Requests a second that one key may make in the long run; it may burst to four times as many at once. */
  BORDA_SCORER_RATE: z.coerce.number().positive().default(100),
  /** Largest body of a request. */
  BORDA_SCORER_MAX_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(8 * 2 ** 20),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});
export type Env = z.infer<typeof Env>;

export class InvalidEnvironment extends Error {
  readonly code = "INVALID_ENVIRONMENT";
  constructor(problems: string) {
    super(`The environment of apps/scorer is incomplete; set these variables, or use npm start:\n${problems}`);
    this.name = "InvalidEnvironment";
  }
}

/** Parses the environment; empty variables count as absent. Throws InvalidEnvironment naming each variable. */
export function readEnv(environment: NodeJS.ProcessEnv): Env {
  const result = Env.safeParse(Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== "")));
  if (!result.success) throw new InvalidEnvironment(z.prettifyError(result.error));
  return result.data;
}

/** One session computes on several cores: half as many threads as cores keeps all busy and answers small requests soon. */
function defaultThreads(): number {
  return Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));
}
