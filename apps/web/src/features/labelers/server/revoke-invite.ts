import { z } from "zod";
import { adminProcedure } from "@/server/trpc";

export const revokeInvite = adminProcedure
  .input(z.object({ inviteId: z.string().min(1) }))
  .mutation(({ ctx, input }) => ctx.database.invites.revoke(input.inviteId));
