import { ProjectId } from "@borda/preferences";
import { z } from "zod";
import { env } from "@/env";
import { importUpload } from "@/features/imports/server/import-upload";
import { createContext } from "@/server/context";
import { FileRefused, forAdmin } from "@/server/file-requests";

const Query = z.object({ projectId: ProjectId, fileName: z.string().trim().min(1).max(255) });

/** POST a file as the body: it streams into storage and its import is queued. Answers { importId }. */
export function POST(request: Request): Promise<Response> {
  return forAdmin(request, async (user) => {
    const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!query.success) throw new FileRefused(400, "INVALID_INPUT", z.prettifyError(query.error));
    if (!request.body) throw new FileRefused(400, "EMPTY_FILE", "The request has no body: send the file as it is.");
    const context = await createContext({ headers: request.headers });
    await context.database.projects.get(query.data.projectId);
    const imported = await importUpload(context, {
      ...query.data,
      source: request.body,
      maxBytes: env().BORDA_MAX_UPLOAD_BYTES,
      signal: request.signal,
      createdBy: user.id,
    });
    return Response.json(imported, { status: 201 });
  });
}
