import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

export const revokeApiKey = adminProcedure
  .input(z.object({ apiKeyId: z.string().min(1) }))
  .mutation(({ ctx, input }) => ctx.database.apiKeys.revoke(input.apiKeyId));
