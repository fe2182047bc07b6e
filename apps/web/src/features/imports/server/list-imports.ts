import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ImportView } from "../views";

export const listImports = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.array(ImportView))
  .query(({ ctx, input }) => ctx.database.imports.list(input.projectId));
