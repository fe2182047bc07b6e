import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { env } from "@/env";
import { adminProcedure } from "@/server/trpc";
import { InviteForm } from "../views";

/** A link that makes people labelers of the project. It is shown once: only its hash is stored. */
export const createInvite = adminProcedure
  .input(InviteForm.extend({ projectId: ProjectId }))
  .output(z.object({ link: z.url(), expiresAt: z.date() }))
  .mutation(async ({ ctx, input }) => {
    const { token, expiresAt } = await ctx.database.invites.create({ ...input, createdBy: ctx.user.id });
    return { link: new URL(`/invite/${token}`, env().BORDA_WEB_URL).href, expiresAt };
  });
