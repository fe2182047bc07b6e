import { tracked } from "@trpc/server";
import { z } from "zod";
import { createBell } from "@/server/bell";
import { adminProcedure } from "@/server/trpc";
import { BackboneSpec, BackboneView } from "../views";

/** Notifications may be lost while the database restarts: the table is looked at this often anyhow. */
const LOOK_AGAIN_MS = 5_000;

export interface BackboneUpdate {
  /** Null while nobody asked for it. */
  readonly backbone: BackboneView | null;
}

/** A backbone as it is, and whenever it changes; somebody may ask for it anew at any time, so it does not end. */
export const followBackbone = adminProcedure
  .input(z.object({ source: BackboneSpec, lastEventId: z.string().nullish() }))
  .subscription(async function* ({ ctx: { database }, input: { source }, signal }) {
    const bell = createBell();
    const hung = await database.listen("borda_backbone", () => bell.ring());
    const onAbort = () => bell.ring();
    signal?.addEventListener("abort", onAbort);
    try {
      for (let shown: string | undefined, count = 0; !signal?.aborted; await bell.rung(LOOK_AGAIN_MS)) {
        const found = await database.backbones.find(source);
        const state = JSON.stringify(found);
        if (state === shown) continue;
        shown = state;
        count += 1;
        const update: BackboneUpdate = { backbone: found && BackboneView.parse(found) };
        yield tracked(String(count), update);
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await hung.close();
    }
  });
