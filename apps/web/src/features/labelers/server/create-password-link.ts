import { LabelerId } from "@borda/preferences";
import { z } from "zod";
import { env } from "@/env";
import { makePasswordLink } from "@/server/password-link";
import { adminProcedure } from "@/server/trpc";

/** A link by which a member sets a new password, for one who has forgotten theirs. It is shown once. */
export const createPasswordLink = adminProcedure
  .input(z.object({ labelerId: LabelerId }))
  .output(z.object({ link: z.url(), expiresAt: z.date() }))
  .mutation(async ({ ctx, input }) => {
    const user = await ctx.database.users.ofMember(input.labelerId);
    const { token, expiresAt } = await makePasswordLink(user.id);
    return { link: new URL(`/new-password/${token}`, env().BORDA_WEB_URL).href, expiresAt };
  });
