import { ProjectId } from "@borda/preferences";
import { exportPieces } from "@/features/exports/server/export-pieces";
import { ExportQuery, exportFileName } from "@/features/exports/views";
import { download, FileRefused, forAdmin } from "@/server/file-requests";
import { log } from "@/server/log";
import { database } from "@/server/singletons";

/**
 * GET what people ranked in a project as a file, archived or not: `?as=borda` or `?as=comparisons`, `&ranked=1` without
 * the prompts that nobody ranked. It is streamed, and all of it as it stood at one moment.
 */
export function GET(request: Request, { params }: { params: Promise<{ projectId: string }> }): Promise<Response> {
  return forAdmin(request, async (user) => {
    const query = ExportQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!query.success) throw new FileRefused(400, "INVALID_INPUT", query.error.issues[0]!.message);
    const { as, ranked } = query.data;
    const { projects, rankings } = database();
    const { id: projectId, name } = await projects.get(ProjectId.parse((await params).projectId));
    log().info({ projectId, as, ranked, userId: user.id }, "export");
    const groups = rankings.frozenGroups(projectId, { prompts: ranked || as === "comparisons" ? "ranked" : "all" });
    return download(request, {
      name: exportFileName(name, as, new Date()),
      type: "application/jsonl",
      pieces: exportPieces(groups, as),
    });
  });
}
