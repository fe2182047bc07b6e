import { z } from "zod";
import { createAccount } from "@/server/account";
import { publicProcedure } from "@/server/trpc";
import { passwordLength } from "../password";

/**
 * Makes an account for the holder of an invitation and joins the project. The invitation is looked at first, so that
 * nobody without one can make accounts or learn which addresses have one.
 */
export const acceptInvite = publicProcedure
  .input(
    z.object({
      token: z.string().min(1).max(200),
      name: z.string().trim().min(1).max(100),
      email: z.email().max(200).toLowerCase(),
      password: z.string().min(passwordLength.min).max(passwordLength.max),
    }),
  )
  .output(z.object({ joined: z.literal(true) }))
  .mutation(async ({ ctx, input: { token, ...person } }) => {
    await ctx.database.invites.find(token);
    const userId = await createAccount(ctx.database, { ...person, role: "LABELER" });
    await ctx.database.invites.accept({ token, userId, name: person.name });
    return { joined: true };
  });
