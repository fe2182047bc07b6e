import { ImportId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ImportView } from "../views";
import { viewOf } from "./view-of";

export const getImport = adminProcedure
  .input(z.object({ importId: ImportId }))
  .output(ImportView)
  .query(async ({ ctx, input }) => viewOf(await ctx.database.imports.get(input.importId)));
