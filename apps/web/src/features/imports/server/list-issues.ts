import { ImportId } from "@borda/preferences";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { IssueView } from "../views";

const PAGE_SIZE = 50;

/** One page of an import's bad rows, by line; the whole list is a download. */
export const listIssues = adminProcedure
  .input(z.object({ importId: ImportId, page: z.int().min(0).default(0) }))
  .output(z.object({ issues: z.array(IssueView), total: z.int(), pageSize: z.int() }))
  .query(async ({ ctx: { database }, input: { importId, page } }) => {
    const { issues, total } = await database.imports.issuePage(importId, { page, size: PAGE_SIZE });
    return { issues, total, pageSize: PAGE_SIZE };
  });
