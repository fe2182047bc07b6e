import { z } from "zod";

/** One sampled continuation of a prompt; `model` names the policy that wrote it and is never shown to a labeler. */
export const Completion = z.object({
  text: z.string().min(1),
  model: z.string().min(1).optional(),
});
export type Completion = z.infer<typeof Completion>;
