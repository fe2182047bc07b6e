import { z } from "zod";
import { BadInput, fieldProblem } from "./failures";

const Environment = z.object({
  BORDA_HOME: z
    .string()
    .min(1)
    .describe("folder that keeps models of the hub, and features of known completions; scripts/borda.mjs gives it"),
  HF_TOKEN: z.string().min(1).optional().describe("token for private and gated models of the hub"),
  HF_ENDPOINT: z.url().optional().describe("another hub than https://huggingface.co"),
});

/** What the command line takes from the environment. Throws BadInput naming the variable. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): z.infer<typeof Environment> {
  const parsed = Environment.safeParse(variables);
  if (!parsed.success) throw new BadInput(`Environment variable ${fieldProblem(parsed.error)}.`);
  return parsed.data;
}
