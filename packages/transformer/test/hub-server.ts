import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const commit = "0123456789abcdef0123456789abcdef01234567";

export interface HubServer {
  readonly endpoint: string;
  /** Method and path of every request, with its Range. */
  readonly requests: string[];
  /** Bytes of a file's answer after which the connection breaks; never where 0. */
  breakAfter: number;
  /** Sent in place of the file's own bytes, to damage it. */
  damage: boolean;
  close(): Promise<void>;
}

/** A hub with one repository, ORG/NAME, of these files; `token` is what reading it asks for. */
export async function startHub(files: ReadonlyMap<string, Buffer>, token?: string): Promise<HubServer> {
  const state = { requests: [] as string[], breakAfter: 0, damage: false };
  const server = createServer((request, response) => {
    state.requests.push(`${request.url!.split("?")[0]}${request.headers.range ? ` ${request.headers.range}` : ""}`);
    const path = decodeURIComponent(request.url!.split("?")[0]!);
    if (token && request.headers.authorization !== `Bearer ${token}`)
      return json(response, 401, { error: "Access denied" });
    if (path.startsWith("/api/models/ORG/NAME/revision/"))
      return path.endsWith("/gone") ? json(response, 404, { error: "Invalid rev" }) : json(response, 200, info);
    if (path.startsWith(`/api/models/ORG/NAME/tree/${commit}`)) return json(response, 200, tree(files));
    const file = files.get(path.replace(`/ORG/NAME/resolve/${commit}/`, ""));
    return file ? sendFile(file, request, response, state) : json(response, 404, { error: "Not found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

const info = {
  _id: "1",
  id: "ORG/NAME",
  sha: commit,
  private: false,
  gated: false,
  downloads: 0,
  likes: 0,
  lastModified: "2026-01-01",
};

function tree(files: ReadonlyMap<string, Buffer>) {
  return [...files].map(([path, bytes]) => ({
    type: "file",
    oid: "0",
    path,
    size: bytes.length,
    ...(path.endsWith(".safetensors") && {
      lfs: { oid: createHash("sha256").update(bytes).digest("hex"), size: bytes.length, pointerSize: 100 },
    }),
  }));
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function sendFile(
  file: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  { breakAfter, damage }: { readonly breakAfter: number; readonly damage: boolean },
): void {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = damage ? Buffer.alloc(file.length - from) : file.subarray(from);
  response.writeHead(request.headers.range ? 206 : 200, { "content-length": rest.length });
  if (breakAfter === 0 || breakAfter >= rest.length) response.end(rest);
  else response.write(rest.subarray(0, breakAfter), () => setTimeout(() => response.destroy(), 50)); // once it is read
}
