import { ImportId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ImportView } from "../views";

export const getImport = adminProcedure
  .input(z.object({ importId: ImportId }))
  .output(ImportView)
  .query(({ ctx, input }) => ctx.database.imports.get(input.importId));
