import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { z } from "zod";
import type { Session } from "./session";

/** Puts a file into a project as a browser does, its bytes the body and never whole in memory; gives the import's id. */
export async function upload(webUrl: string, admin: Session, projectId: string, path: string): Promise<string> {
  const url = new URL("/api/imports", webUrl);
  url.search = new URLSearchParams({ projectId, fileName: basename(path) }).toString();
  const reply = await fetch(url, {
    method: "POST",
    headers: { cookie: admin.cookie, origin: webUrl, "content-type": "application/octet-stream" },
    body: Readable.toWeb(createReadStream(path)) as ReadableStream,
    duplex: "half",
  } as RequestInit);
  if (!reply.ok) throw new Error(`The upload was refused: ${reply.status} ${await reply.text()}`);
  return z.object({ importId: z.string() }).parse(await reply.json()).importId;
}
