import { z } from "zod";
import { signedInProcedure } from "@/server/trpc";

/** Makes the signed-in user a labeler of the invitation's project; a repeat changes nothing. */
export const joinByInvite = signedInProcedure
  .input(z.object({ token: z.string().min(1).max(200) }))
  .output(z.object({ joined: z.literal(true) }))
  .mutation(async ({ ctx, input }) => {
    await ctx.database.invites.accept({ token: input.token, userId: ctx.user.id, name: ctx.user.name });
    return { joined: true };
  });
