import { LabelerId, ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

/** Makes the admin who asks a labeler of the project; one who is already stays the same. */
export const joinProject = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.object({ labelerId: LabelerId }))
  .mutation(async ({ ctx: { database, user }, input: { projectId } }) => {
    const { id } = await database.labelers.add({ projectId, userId: user.id, name: user.name });
    return { labelerId: id };
  });
