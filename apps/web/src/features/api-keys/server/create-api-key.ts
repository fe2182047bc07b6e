import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { ApiKeyName } from "../views";

/** Makes a key; this answer is the only place where it can be read. */
export const createApiKey = adminProcedure
  .input(z.object({ projectId: ProjectId, name: ApiKeyName }))
  .output(z.object({ name: z.string(), key: z.string() }))
  .mutation(({ ctx, input }) => ctx.database.apiKeys.create({ ...input, createdBy: ctx.user.id }));
