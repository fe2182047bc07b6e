import type { ApiKeys } from "@borda/database";
import { DatabaseUnavailable } from "@borda/database";
import { ScoringFailure } from "../http/errors";

export interface VerifiedKey {
  readonly apiKeyId: string;
  readonly projectId: string;
}

export interface KeysOptions {
  readonly apiKeys: Pick<ApiKeys, "verify" | "wasRevoked" | "touch">;
  readonly now?: () => number;
  readonly onError: (error: unknown, doing: string) => void;
}

export interface Keys {
  /** The key's project. Throws ScoringFailure: invalid_key, revoked_key, database_unavailable. */
  verify(key: string): Promise<VerifiedKey>;
  /** Writes down when keys were used last. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A key verified this recently is not looked up again; a revoked one is refused after this long at the latest. */
const freshMilliseconds = 1000;
/** While the database is down, a key verified within this time goes on working. */
const tolerableMilliseconds = 15 * 60_000;
const flushMilliseconds = 10_000;
const mostRemembered = 10_000;

/** Verifies API keys, remembers them for an outage of the database, and gathers their uses. */
export function createKeys({ apiKeys, now = Date.now, onError }: KeysOptions): Keys {
  const remembered = new Map<string, VerifiedKey & { readonly at: number }>();
  let uses = new Map<string, Date>();

  async function lookUp(key: string): Promise<VerifiedKey> {
    try {
      const verified = await apiKeys.verify(key);
      if (verified) {
        remember(key, verified);
        return verified;
      }
      remembered.delete(key);
      if (await apiKeys.wasRevoked(key)) {
        throw new ScoringFailure("revoked_key", "This API key was revoked: make a new one on the project's API page.");
      }
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error;
      const known = remembered.get(key);
      if (known && now() - known.at < tolerableMilliseconds) return known;
      throw new ScoringFailure("database_unavailable", "The database does not answer: try again in a moment.", {
        retryAfterSeconds: 2,
      });
    }
    throw new ScoringFailure("invalid_key", "This API key is not known: copy it again, or make a new one.");
  }

  function remember(key: string, verified: VerifiedKey): void {
    remembered.delete(key);
    remembered.set(key, { ...verified, at: now() });
    if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value ?? key);
  }

  async function flush(): Promise<void> {
    if (uses.size === 0) return;
    const gathered = uses;
    uses = new Map();
    try {
      await apiKeys.touch(gathered);
    } catch (error) {
      // Kept for the next time; a later use of the same key counts.
      uses = new Map([...gathered, ...uses]);
      onError(error, "recording the last use of API keys");
    }
  }

  const timer = setInterval(() => void flush(), flushMilliseconds);
  return {
    async verify(key) {
      const known = remembered.get(key);
      const verified = known && now() - known.at < freshMilliseconds ? known : await lookUp(key);
      uses.set(verified.apiKeyId, new Date(now()));
      return { apiKeyId: verified.apiKeyId, projectId: verified.projectId };
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
