import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { ProjectForm } from "@/features/projects/views";
import { adminProcedure } from "@/server/trpc";
import { LeaseMinutes } from "../views";

/** How a project is ranked. A changed overlap or k range opens or closes tasks; confirmed rankings stay. */
export const updateRanking = adminProcedure
  .input(z.intersection(ProjectForm, z.object({ projectId: ProjectId, leaseMinutes: LeaseMinutes })))
  .mutation(async ({ ctx, input: { projectId, leaseMinutes, ...form } }) => {
    await ctx.database.projects.update(projectId, { ...form, leaseSeconds: leaseMinutes * 60 });
  });
