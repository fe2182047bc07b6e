import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { env } from "@/env";
import { adminProcedure } from "@/server/trpc";
import { NothingPublished, ScorerUnavailable, TrialRefused } from "../errors";
import { Trial, TrialResult } from "../views";

const ANSWER_WITHIN_MS = 30_000;

/** What the scorer answers, as far as this page uses it. */
const ScorerAnswer = z.object({
  checkpoint: TrialResult.shape.checkpointId,
  scores: z.array(z.number()),
  tokens: z.array(z.int()),
  truncated: z.array(z.boolean()),
});
const ScorerRefusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Rewards of completions by the project's published checkpoint, asked of the scorer that serves everybody else. */
export const scoreTrial = adminProcedure
  .input(Trial.extend({ projectId: ProjectId }))
  .output(TrialResult)
  .mutation(async ({ input: { projectId, ...trial } }) => {
    const { BORDA_SCORER_URL, BORDA_INTERNAL_TOKEN } = env();
    if (!BORDA_INTERNAL_TOKEN) throw new ScorerUnavailable(BORDA_SCORER_URL, "cannot be asked without a token");
    const reply = await fetch(new URL("/v1/scores", BORDA_SCORER_URL), {
      method: "POST",
      headers: {
        authorization: `Bearer ${BORDA_INTERNAL_TOKEN}`,
        "content-type": "application/json",
        "x-borda-project": projectId,
      },
      body: JSON.stringify(trial),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((cause: unknown) => {
      throw new ScorerUnavailable(BORDA_SCORER_URL, "does not answer", { cause });
    });
    const body: unknown = await reply.json().catch(() => null);
    if (!reply.ok) throw refusalOf(reply.status, body, BORDA_SCORER_URL);
    const answer = ScorerAnswer.safeParse(body);
    if (!answer.success)
      throw new ScorerUnavailable(BORDA_SCORER_URL, "answers in an unknown form", { cause: answer.error });
    const { checkpoint, scores, tokens, truncated } = answer.data;
    return {
      checkpointId: checkpoint,
      scores: scores.map((reward, i) => ({ reward, tokens: tokens[i] ?? 0, truncated: truncated[i] ?? false })),
    };
  });

function refusalOf(status: number, body: unknown, scorerUrl: string): Error {
  const refusal = ScorerRefusal.safeParse(body);
  if (!refusal.success) return new ScorerUnavailable(scorerUrl, `answers with status ${status}`);
  const { code, message } = refusal.data.error;
  if (code === "nothing_published") return new NothingPublished();
  if (status === 413 || status === 422) return new TrialRefused(message);
  return new ScorerUnavailable(scorerUrl, `refuses (${message})`);
}
