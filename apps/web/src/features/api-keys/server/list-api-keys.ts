import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { env } from "@/env";
import { adminProcedure } from "@/server/trpc";
import { ApiKeyRow } from "../views";

/** The project's keys, and the scorer's address for the examples. */
export const listApiKeys = adminProcedure
  .input(z.object({ projectId: ProjectId }))
  .output(z.object({ keys: z.array(ApiKeyRow), scorerUrl: z.string(), published: z.boolean() }))
  .query(async ({ ctx: { database }, input: { projectId } }) => {
    const [keys, project] = await Promise.all([database.apiKeys.list(projectId), database.projects.get(projectId)]);
    return { keys, scorerUrl: scorerAddress(), published: project.publishedId !== null };
  });

/** As callers reach it, without a slash at its end. */
function scorerAddress(): string {
  const { BORDA_SCORER_PUBLIC_URL, BORDA_SCORER_URL } = env();
  return (BORDA_SCORER_PUBLIC_URL ?? BORDA_SCORER_URL).replace(/\/+$/, "");
}
