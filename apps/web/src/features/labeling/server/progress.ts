import { labelerProcedure } from "@/server/trpc";
import { ProgressView } from "./views";

/** How far this labeler is in this project. */
export const progress = labelerProcedure
  .output(ProgressView)
  .query(({ ctx, input }) => ctx.database.tasks.progress({ projectId: input.projectId, labelerId: ctx.labelerId }));
