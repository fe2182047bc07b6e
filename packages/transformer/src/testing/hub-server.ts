import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What every revision of every repository of the test's hub points to. */
export const commit = "0123456789abcdef0123456789abcdef01234567";

/** Files of a repository by their paths. */
export type HubFiles = ReadonlyMap<string, Buffer>;

export interface HubServer {
  readonly endpoint: string;
  /** Path of every request, with its Range. */
  readonly requests: string[];
  /** Bytes of a file's answer after which the connection breaks; never where 0. */
  breakAfter: number;
  /** Bytes of a file's answer after which the rest waits until this is 0 again. */
  holdAfter: number;
  /** Sent in place of the file's own bytes, to damage it. */
  damage: boolean;
  close(): Promise<void>;
}

export interface HubAccess {
  /** What every request must bring. */
  readonly token?: string;
  /** Repositories of which everybody may see the names of the files, and nobody reads them. */
  readonly gated?: readonly string[];
}

/** A hub for tests, with these repositories ("ORG/NAME") and one commit of each. */
export async function startHub(
  repositories: Readonly<Record<string, HubFiles>>,
  { token, gated = [] }: HubAccess = {},
): Promise<HubServer> {
  const state = { requests: [] as string[], breakAfter: 0, holdAfter: 0, damage: false };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!.split("?")[0]!);
    state.requests.push(`${path}${request.headers.range ? ` ${request.headers.range}` : ""}`);
    if (token && request.headers.authorization !== `Bearer ${token}`)
      return json(response, 401, { error: "Access denied" });
    const [, repository = "", revision] = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(path) ?? [];
    if (repositories[repository])
      return revision === "gone"
        ? json(response, 404, { error: "Invalid rev" })
        : json(response, 200, info(repository));
    const [, listed = ""] = /^\/api\/models\/([^/]+\/[^/]+)\/tree\//.exec(path) ?? [];
    if (repositories[listed]) return json(response, 200, tree(repositories[listed]));
    const [, owner = "", name = ""] = /^\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(path) ?? [];
    if (gated.includes(owner)) return json(response, 403, { error: "Access to model is restricted" });
    const file = repositories[owner]?.get(name);
    return file ? void sendFile(file, request, response, state) : json(response, 404, { error: "Not found" });
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

const info = (id: string) => ({
  ...{ _id: "1", id, sha: commit, private: false, gated: false },
  ...{ downloads: 0, likes: 0, lastModified: "2026-01-01" },
});

function tree(files: HubFiles) {
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

const LOOK_AGAIN_MS = 20;

async function sendFile(
  file: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  state: Pick<HubServer, "breakAfter" | "holdAfter" | "damage">,
): Promise<void> {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const rest = state.damage ? Buffer.alloc(file.length - from) : file.subarray(from);
  response.writeHead(request.headers.range ? 206 : 200, { "content-length": rest.length });
  if (state.breakAfter > 0 && state.breakAfter < rest.length)
    response.write(rest.subarray(0, state.breakAfter), () => setTimeout(() => response.destroy(), 50)); // once it is read
  else if (state.holdAfter > 0 && state.holdAfter < rest.length) {
    const sent = state.holdAfter;
    response.write(rest.subarray(0, sent));
    while (state.holdAfter > 0 && !response.destroyed)
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    response.end(rest.subarray(sent));
  } else response.end(rest);
}
