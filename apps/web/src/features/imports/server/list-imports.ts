import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ImportView } from "../views";
import { viewOf } from "./view-of";

export const listImports = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.array(ImportView))
  .query(async ({ ctx, input }) => (await ctx.database.imports.list(input.projectId)).map(viewOf));
