import { RunId } from "@borda/preferences";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { createBell } from "@/server/bell";
import { adminProcedure } from "@/server/trpc";
import type { StoredRunEvent } from "../run-view";
import { isSettled, RunSummary } from "../views";

const PAGE = 2_000;
/** Notifications may be lost while the database restarts: the tables are looked at this often anyhow. */
const LOOK_AGAIN_MS = 5_000;

export interface RunUpdate {
  readonly run: RunSummary;
  readonly events: readonly StoredRunEvent[];
}

/**
 * A run from its first event to its end, as it happens. Each update is named by its last event's id; a client that
 * comes back with it (server-sent events: Last-Event-ID) goes on after it. Ends when nothing can change any more; an
 * evaluated run is followed on, since it may be published.
 */
export const followRun = adminProcedure
  .input(z.object({ runId: RunId, lastEventId: z.string().regex(/^\d+$/).nullish() }))
  .subscription(async function* ({ ctx: { database }, input, signal }) {
    const bell = createBell();
    const hung = await Promise.all([
      database.listen("borda_run", (runId) => {
        if (runId === input.runId) bell.ring();
      }),
      database.listen("borda_published", () => bell.ring()),
    ]);
    const onAbort = () => bell.ring();
    signal?.addEventListener("abort", onAbort);
    try {
      let after = Number(input.lastEventId ?? 0);
      let shown = "";
      while (!signal?.aborted) {
        // The run is read before its events, so that a run that has ended has no event left unseen.
        const run = RunSummary.parse(await database.runs.get(input.runId));
        const events = await database.runs.events(input.runId, after, PAGE);
        after = events.at(-1)?.id ?? after;
        const state = JSON.stringify(run);
        if (events.length > 0 || state !== shown) {
          const update: RunUpdate = {
            run,
            events: events.map(({ id, createdAt, event }) => ({ id, at: createdAt, event })),
          };
          yield tracked(String(after), update);
          shown = state;
        }
        if (events.length === PAGE) continue;
        if (isSettled(run.state)) return;
        await bell.rung(LOOK_AGAIN_MS);
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await Promise.all(hung.map((subscription) => subscription.close()));
    }
  });
