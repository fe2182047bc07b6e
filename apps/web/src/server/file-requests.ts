import { UnreadableDataset } from "@borda/datasets";
import { trustedOrigins } from "@/env";
import { log } from "./log";
import { userOf } from "./session";
import type { SignedInUser } from "./signed-in-user";

/** A request for a file that is refused; the message says the remedy. */
export class FileRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "FileRefused";
  }
}

const statuses: Record<string, number> = {
  INVALID_KEY: 400,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
  DATABASE_UNAVAILABLE: 503,
  STORAGE_FULL: 507,
};

/**
 * Runs a route that takes or gives a file, for admins only, and refuses what another site's page sends. Errors become
 * JSON { code, message }; what is nobody's fault but ours is logged and told without details.
 */
export async function forAdmin(request: Request, work: (user: SignedInUser) => Promise<Response>): Promise<Response> {
  try {
    const origin = request.headers.get("origin");
    if (origin !== null && !trustedOrigins().includes(origin))
      throw new FileRefused(403, "FOREIGN_ORIGIN", `Requests from ${origin} are not allowed.`);
    const user = await userOf(request.headers);
    if (!user) throw new FileRefused(401, "UNAUTHORIZED", "Your session has ended. Sign in again.");
    if (user.role !== "ADMIN") throw new FileRefused(403, "FORBIDDEN", "Only an admin may do this.");
    return await work(user);
  } catch (error) {
    return problemOf(error);
  }
}

function problemOf(error: unknown): Response {
  if (error instanceof FileRefused) return problem(error.status, error.code, error.message);
  if (error instanceof UnreadableDataset) return problem(422, error.code, error.message);
  if (error instanceof Error && "code" in error && typeof error.code === "string" && statuses[error.code])
    return problem(statuses[error.code]!, error.code, error.message);
  log().error({ err: error }, "file request");
  return problem(500, "INTERNAL", "Something went wrong on the server; its log has the details. Try again.");
}

function problem(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status });
}

/**
 * A file of `pieces`, fetched as fast as they are taken. What fails before the first piece is thrown, and so has a
 * status; what fails later breaks the transfer off, as a file that ends early must not look whole.
 */
export async function download(
  request: Request,
  { name, type, pieces }: { name: string; type: string; pieces: AsyncGenerator<string> },
): Promise<Response> {
  const headers = {
    "content-type": type,
    "cache-control": "private, no-store",
    "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
  };
  let piece = await pieces.next();
  const leave = async () => {
    await pieces.return(undefined);
  };
  if (request.method === "HEAD") {
    await leave();
    return new Response(null, { headers });
  }
  const bytes = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (piece.done) return controller.close();
      controller.enqueue(bytes.encode(piece.value));
      try {
        piece = await pieces.next();
      } catch (error) {
        log().error({ err: error, name }, "a download broke off");
        throw error;
      }
    },
    cancel: leave,
  });
  return new Response(body, { headers });
}

/** For what encodeURIComponent leaves, and RFC 8187 does not allow. */
const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** The body's bytes, at most `limit` of them. */
export async function beginningOf(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}
