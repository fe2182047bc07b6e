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
    const where = { importId };
    const [issues, total] = await Promise.all([
      database.prisma.importIssue.findMany({
        where,
        orderBy: [{ line: "asc" }, { id: "asc" }],
        skip: page * PAGE_SIZE,
        take: PAGE_SIZE,
      }),
      database.prisma.importIssue.count({ where }),
    ]);
    return { issues, total, pageSize: PAGE_SIZE };
  });
