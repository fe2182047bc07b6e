import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { InviteRow } from "../views";

export const listInvites = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.array(InviteRow))
  .query(async ({ ctx, input }) => [...(await ctx.database.invites.list(input.projectId))]);
