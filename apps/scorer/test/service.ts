import { pino } from "pino";
import { readEnv } from "../src/env";
import type { Scores } from "../src/http/score";
import { type Scorer, startScorer } from "../src/scorer";
import { program } from "./program";

export const internalToken = "internal-token-of-the-tests-0123456789";

/** A scorer on a free port. */
export function startService(home: string, databaseUrl: string, more: Record<string, string> = {}): Promise<Scorer> {
  const env = readEnv({
    BORDA_HOME: home,
    DATABASE_URL: databaseUrl,
    PORT: "0",
    BORDA_INTERNAL_TOKEN: internalToken,
    BORDA_SCORER_THREADS: "1",
    BORDA_SCORER_RATE: "10000",
    ...more,
  });
  return startScorer(env, pino({ level: "silent" }), program);
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Scores;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly field?: string;
    readonly retry_after?: number;
  };
}

/** POST /v1/scores as a program does it. */
export async function ask(
  { url }: Pick<Scorer, "url">,
  key: string | null,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const reply = await fetch(`${url}/v1/scores`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const json = (await reply.json()) as Scores & { error: Reply["error"] };
  return { status: reply.status, headers: reply.headers, body: json, error: json.error };
}
