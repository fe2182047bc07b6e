import { ProjectId, type Prompt, promptText } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { PromptFilter, PromptRow } from "../views";

const PAGE_SIZE = 25;
const SHOWN_CHARACTERS = 240;

/** A page of a project's prompts in their order; `next` is the cursor of the page after it. */
export const listPrompts = adminProcedure
  .input(
    z.object({
      projectId: ProjectId,
      search: z.string().trim().max(200).default(""),
      filter: PromptFilter.default("all"),
      cursor: z.number().optional(),
    }),
  )
  .output(z.object({ rows: z.array(PromptRow), next: z.number().nullable() }))
  .query(async ({ ctx, input: { cursor, ...input } }) => {
    const { prompts, next } = await ctx.database.prompts.list({ ...input, after: cursor, limit: PAGE_SIZE });
    const rows = prompts.map(({ prompt, rankings, ...row }) => ({
      ...row,
      ...rankings,
      text: excerpt(prompt),
      turns: typeof prompt === "string" ? null : prompt.length,
    }));
    return { rows, next };
  });

/** What a table shows of a prompt: of a chat, the turn that the completions answer. */
function excerpt(prompt: Prompt): string {
  const text = typeof prompt === "string" ? prompt : (prompt.at(-1)?.content ?? promptText(prompt));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
