import { RunId } from "@borda/preferences";
import { z } from "zod";
import { emptyRunView, followRun } from "@/features/training/run-view";
import { adminProcedure } from "@/server/trpc";

const PAGE = 5_000;

/** The curves of a run that has ended: [step, value] pairs; evaluations with the ends of their 95 % interval. */
export const getCurves = adminProcedure
  .input(z.object({ runId: RunId }))
  .output(
    z.object({
      loss: z.array(z.tuple([z.number(), z.number()])),
      accuracy: z.array(
        z.object({ step: z.number(), accuracy: z.number(), interval: z.tuple([z.number(), z.number()]) }),
      ),
    }),
  )
  .query(async ({ ctx: { database }, input: { runId } }) => {
    let view = emptyRunView;
    for (let after = 0; ; ) {
      const events = await database.runs.events(runId, after, PAGE);
      view = followRun(
        view,
        events.map(({ id, createdAt, event }) => ({ id, at: createdAt, event })),
      );
      if (events.length < PAGE) break;
      after = events.at(-1)!.id;
    }
    return {
      loss: view.steps.map(({ step, loss }): [number, number] => [step, loss]),
      accuracy: view.evaluations.map(({ step, report: { accuracy, interval } }) => ({ step, accuracy, interval })),
    };
  });
