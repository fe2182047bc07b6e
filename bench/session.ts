import { z } from "zod";

/** A procedure refused; `code` is tRPC's, `reason` the domain's. */
export class Refused extends Error {
  constructor(
    readonly path: string,
    readonly status: number,
    readonly reason: string | null,
    message: string,
  ) {
    super(`${path}: ${status} ${reason ?? ""} ${message}`);
    this.name = "Refused";
  }
}

const Reply = z.union([
  z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) }),
  z.object({
    error: z.object({
      json: z.object({
        message: z.string(),
        data: z.object({ httpStatus: z.number(), reason: z.string().nullable().optional() }),
      }),
    }),
  }),
]);

/** A signed-in browser's cookies, and nothing else of a browser. */
export interface Session {
  readonly cookie: string;
  query<T>(path: string, input: unknown, output: z.ZodType<T>): Promise<T>;
  mutate<T>(path: string, input: unknown, output: z.ZodType<T>): Promise<T>;
}

/** An open door: what may be called without signing in. */
export function visitor(webUrl: string): Session {
  return sessionOf(webUrl, "");
}

/**
 * Signs in as a person at a machine of their own would: web counts sign-ins by address, and all of these come from one.
 */
export async function signIn(
  webUrl: string,
  { email, password }: { email: string; password: string },
  machine: number,
): Promise<Session> {
  const reply = await fetch(new URL("/api/auth/sign-in/email", webUrl), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: webUrl,
      "x-forwarded-for": `10.1.${machine >> 8}.${machine & 255}`,
    },
    body: JSON.stringify({ email, password }),
  });
  const said = await reply.text();
  if (!reply.ok) throw new Refused("sign-in", reply.status, null, said);
  const cookie = reply.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  return sessionOf(webUrl, cookie);
}

function sessionOf(webUrl: string, cookie: string): Session {
  async function call<T>(path: string, request: { url: URL; init?: RequestInit }, output: z.ZodType<T>): Promise<T> {
    const headers = { "content-type": "application/json", origin: webUrl, cookie };
    const reply = await fetch(request.url, { ...request.init, headers });
    const body = Reply.parse(await reply.json());
    if ("result" in body) return output.parse(body.result.data.json);
    const { message, data } = body.error.json;
    throw new Refused(path, data.httpStatus, data.reason ?? null, message);
  }
  return {
    cookie,
    async query(path, input, output) {
      const url = new URL(`/api/trpc/${path}`, webUrl);
      url.searchParams.set("input", JSON.stringify({ json: input }));
      try {
        return await call(path, { url }, output);
      } catch (error) {
        // The server had closed the idle connection that this was sent on: as a browser does, a query is sent again.
        if (error instanceof TypeError && error.cause) return call(path, { url }, output);
        throw error;
      }
    },
    mutate(path, input, output) {
      const url = new URL(`/api/trpc/${path}`, webUrl);
      return call(path, { url, init: { method: "POST", body: JSON.stringify({ json: input }) } }, output);
    },
  };
}
