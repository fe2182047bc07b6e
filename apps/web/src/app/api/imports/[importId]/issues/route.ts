import { ImportId } from "@borda/preferences";
import { type IssueFileKind, issueLines } from "@/features/imports/issue-files";
import { download, forAdmin } from "@/server/file-requests";
import { database } from "@/server/singletons";

const types: Record<IssueFileKind, string> = { jsonl: "application/jsonl", csv: "text/csv; charset=utf-8" };

/** GET the bad rows of an import as a file, `?as=csv` or `?as=jsonl` (the default); streamed. */
export function GET(request: Request, { params }: { params: Promise<{ importId: string }> }): Promise<Response> {
  return forAdmin(request, async () => {
    const { imports } = database();
    const { id, fileName } = await imports.get(ImportId.parse((await params).importId));
    const as: IssueFileKind = new URL(request.url).searchParams.get("as") === "csv" ? "csv" : "jsonl";
    const name = `${fileName.replace(/\.(jsonl?|csv|gz)+$/i, "")}.issues.${as}`;
    return download(request, { name, type: types[as], pieces: issueLines(imports.issues(id), as) });
  });
}
