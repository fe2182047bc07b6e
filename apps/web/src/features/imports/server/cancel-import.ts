import { ImportId } from "@borda/preferences";
import { importFile } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Stops an import at its next batch; what came in stays. */
export const cancelImport = adminProcedure
  .input(z.object({ importId: ImportId }))
  .mutation(async ({ ctx: { database, queue }, input: { importId } }) => {
    await database.imports.cancel(importId);
    await queue.cancel(importFile, { importId });
  });
