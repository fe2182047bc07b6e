import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { importUpload } from "@/features/imports/server/import-upload";
import { adminProcedure } from "@/server/trpc";
import demo from "../demo/demo.jsonl" with { turbopackModuleType: "text" };
import guidelines from "../demo/guidelines.md" with { turbopackModuleType: "text" };

/** A project with 24 prompts to try everything on; its file takes the way of every imported file. */
export const loadDemo = adminProcedure.output(z.object({ projectId: ProjectId })).mutation(async ({ ctx }) => {
  const { id } = await ctx.database.projects.create({
    name: "Demo",
    guidelines,
    kMin: 2,
    kMax: 6,
    rankingsWanted: 2,
  });
  const file = Buffer.from(demo);
  await importUpload(ctx, {
    projectId: id,
    fileName: "demo.jsonl",
    source: (async function* () {
      yield file;
    })(),
    maxBytes: file.length,
    createdBy: ctx.user.id,
  });
  return { projectId: id };
});
