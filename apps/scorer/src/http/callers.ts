import { createHash, timingSafeEqual } from "node:crypto";
import type { Keys } from "../serving/keys";
import { ScoringFailure } from "./errors";

/** Who asks: a program with an API key, or web on behalf of a signed-in person. */
export interface Caller {
  /** Whose turn it is in the queue, and whose rate is limited. */
  readonly name: string;
  readonly projectId: string;
  readonly kind: "key" | "web";
}

export interface CallerHeaders {
  readonly authorization: string | undefined;
  /** The project that web asks for; believed only with the internal token. */
  readonly project: string | undefined;
}

/** Names the caller by its bearer token. Throws ScoringFailure: missing_key, invalid_key, revoked_key. */
export async function identify(
  { authorization, project }: CallerHeaders,
  keys: Keys,
  internalToken: string | undefined,
): Promise<Caller> {
  const token = /^Bearer +([^\s]+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) {
    throw new ScoringFailure("missing_key", "Send an API key of the project: Authorization: Bearer borda_...");
  }
  if (internalToken !== undefined && isSame(token, internalToken)) {
    if (!project)
      throw new ScoringFailure("invalid_request", "x-borda-project: is missing", { field: "x-borda-project" });
    return { name: `web:${project}`, projectId: project, kind: "web" };
  }
  const { apiKeyId, projectId } = await keys.verify(token);
  return { name: `key:${apiKeyId}`, projectId, kind: "key" };
}

/** Compares in constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
