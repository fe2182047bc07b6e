import { hashPassword } from "better-auth/crypto";
import { z } from "zod";
import { publicProcedure } from "@/server/trpc";
import { passwordLength } from "../password";

/**
 * Makes an account for the holder of an invitation and joins the project. The invitation is looked at first, so that
 * nobody without one can make accounts, learn which addresses have one, or keep the server busy with hashes.
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
  .mutation(async ({ ctx, input: { token, password, ...person } }) => {
    await ctx.database.invites.find(token);
    await ctx.database.invites.acceptAsNewcomer(token, { ...person, passwordHash: await hashPassword(password) });
    return { joined: true };
  });
