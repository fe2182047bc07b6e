import { z } from "zod";

/** Empty counts as absent. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

/** The worker's whole environment; nothing else in this app reads it. */
const Environment = z.object({
  BORDA_HOME: z
    .string()
    .min(1)
    .describe("folder of uploads, models of the hub, runs and checkpoints, shared with web and scorer"),
  BORDA_TENSORFLOW_HOME: optional(z.string().min(1)).describe(
    "the home of `npm run setup:tensorflow -- --home DIR`, where it is not BORDA_HOME",
  ),
  DATABASE_URL: z.string().min(1).describe("postgresql://..."),
  REDIS_URL: optional(z.string().min(1)),
  HF_TOKEN: optional(z.string().min(1)).describe("for private and gated models of the hub"),
  HF_ENDPOINT: optional(z.url({ protocol: /^https?$/ })).describe("another hub than https://huggingface.co"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});
export type Environment = z.infer<typeof Environment>;

export class InvalidEnvironment extends Error {
  readonly code = "INVALID_ENVIRONMENT";
  constructor(problems: string) {
    super(`The worker's environment is not complete. Set these and start it again:\n${problems}`);
    this.name = "InvalidEnvironment";
  }
}

/** Throws InvalidEnvironment, which names every variable that is missing or wrong. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const result = Environment.safeParse(variables);
  if (!result.success) throw new InvalidEnvironment(z.prettifyError(result.error));
  return result.data;
}
