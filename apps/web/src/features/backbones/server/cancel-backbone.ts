import { BackboneId } from "@borda/preferences";
import { prepareBackbone } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { BackboneView } from "../views";

/** Stops a preparing within a second; what has arrived is kept. Throws BackboneStopped. */
export const cancelBackbone = adminProcedure
  .input(z.object({ backboneId: BackboneId }))
  .output(BackboneView)
  .mutation(async ({ ctx: { database, queue }, input: { backboneId } }) => {
    const backbone = await database.backbones.cancel(backboneId);
    await queue.cancel(prepareBackbone, { backboneId });
    return backbone;
  });
