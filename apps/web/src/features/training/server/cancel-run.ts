import { RunId } from "@borda/preferences";
import { trainRewardModel } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { RunSummary } from "../views";

/** Ends a queued run at once; asks a running one to stop, which its worker does within seconds. */
export const cancelRun = adminProcedure
  .input(z.object({ runId: RunId }))
  .output(RunSummary)
  .mutation(async ({ ctx: { database, queue }, input: { runId } }) => {
    const run = await database.runs.cancel(runId);
    if (run.state === "CANCELLED") await queue.cancel(trainRewardModel, { runId });
    return run;
  });
