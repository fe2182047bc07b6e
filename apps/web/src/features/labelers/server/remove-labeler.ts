import { LabelerId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Ends a membership; the labeler's confirmed rankings stay. */
export const removeLabeler = adminProcedure
  .input(z.object({ labelerId: LabelerId }))
  .mutation(({ ctx, input }) => ctx.database.labelers.remove(input.labelerId));
