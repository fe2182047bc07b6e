import { Refused } from "../../session";

/** Cookies and requests of one person at a peer's server, as a browser sends them. */
export interface PeerVisitor {
  /** As a Cookie header. */
  cookie(): string;
  cookieOf(name: string): string | undefined;
  /** GET, or POST of a form or of JSON. Follows no redirect: 3xx is an answer. Throws Refused for 4xx, 5xx and no answer. */
  ask(path: string, request?: PeerRequest): Promise<PeerReply>;
}

export interface PeerRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

export interface PeerReply {
  readonly status: number;
  readonly text: string;
}

export function visitPeer(base: string): PeerVisitor {
  const cookies = new Map<string, string>();
  const cookie = () => Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ");
  return {
    cookie,
    cookieOf: (name) => cookies.get(name),
    async ask(path, { headers = {}, form, json } = {}) {
      const body = form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json);
      const reply = await send(new URL(path, base), {
        method: body === null ? "GET" : "POST",
        redirect: "manual",
        headers: {
          origin: base,
          referer: `${base}/`,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...(cookies.size > 0 ? { cookie: cookie() } : {}),
          ...headers,
        },
        body,
      });
      for (const line of reply.headers.getSetCookie()) {
        const [pair = ""] = line.split(";");
        const at = pair.indexOf("=");
        cookies.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim());
      }
      const text = await reply.text();
      if (reply.status >= 400) throw new Refused(path, reply.status, null, text.replace(/\s+/g, " ").slice(0, 200));
      return { status: reply.status, text };
    },
  };
}

/** Once more where the connection ended without an answer, as Chromium does: the server had closed an idle one. */
async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch {
    return fetch(url, request).catch((error: Error) => {
      throw new Refused(url.pathname, 503, null, `no answer: ${error.cause ?? error.message}`);
    });
  }
}
