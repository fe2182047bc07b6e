import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { LabelerRow } from "../views";

/** Members first, then the names found in imported files. */
export const listLabelers = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.array(LabelerRow))
  .query(({ ctx, input }) => ctx.database.labelers.list(input.projectId));
