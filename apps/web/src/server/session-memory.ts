import type { SignedInUser } from "./signed-in-user";

/**
 * Remembers for a few seconds whose a session cookie is: a labeler's next and submit come in bursts, and asking the
 * library each time costs more than the work itself. The key is the signed cookie as it was verified. Whatever is done
 * with accounts through this process clears it at once; another process follows within `seconds`.
 */
export function createSessionMemory({ seconds = 5, size = 10_000, now = Date.now } = {}) {
  const known = new Map<string, { user: SignedInUser; until: number }>();
  return {
    recall(cookie: string): SignedInUser | null {
      const entry = known.get(cookie);
      if (!entry) return null;
      if (entry.until > now()) return entry.user;
      known.delete(cookie);
      return null;
    },
    keep(cookie: string, user: SignedInUser): void {
      if (known.size >= size) known.clear();
      known.set(cookie, { user, until: now() + seconds * 1000 });
    },
    clear: () => known.clear(),
  };
}

const held = globalThis as typeof globalThis & { bordaSessions?: ReturnType<typeof createSessionMemory> };

export function sessionMemory(): ReturnType<typeof createSessionMemory> {
  held.bordaSessions ??= createSessionMemory();
  return held.bordaSessions;
}

/** The session's cookie among those of a request; null without one. */
export function sessionCookieOf(headers: Headers): string | null {
  return /(?:^|;\s*)(?:__Secure-)?borda\.session_token=([^;]+)/.exec(headers.get("cookie") ?? "")?.[1] ?? null;
}
