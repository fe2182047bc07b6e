import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Logger } from "pino";
import type { Keys } from "../serving/keys";
import type { Metrics } from "../serving/metrics";
import type { RateLimit } from "../serving/rate-limit";
import { type Caller, identify } from "./callers";
import { ScoringFailure } from "./errors";
import { parseRequest } from "./request";
import { type Scoring, scoreRequest } from "./score";

export type State = "starting" | "ready" | "stopping";

export interface AppOptions {
  readonly scoring: Scoring;
  readonly keys: Keys;
  readonly rateLimit: RateLimit;
  readonly metrics: Metrics;
  readonly internalToken: string | undefined;
  /** Of one request's body. */
  readonly maxBytes: number;
  /** "starting" until what is published is known, "stopping" from the signal on. */
  readonly state: () => State;
  readonly log: Logger;
}

type Variables = { caller: Caller };

/** The scorer's HTTP surface; what each failure means stands in docs/api.md. */
export function createApp(options: AppOptions): Hono<{ Variables: Variables }> {
  const { scoring, metrics, state, maxBytes, log } = options;
  const app = new Hono<{ Variables: Variables }>();

  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", (c) => c.json({ status: state() }, state() === "ready" ? 200 : 503));
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));

  app.use("/v1/scores", async (c, next) => {
    const began = performance.now();
    await next();
    const code = c.error ? asFailure(c.error).code : "ok";
    metrics.request(code, c.res.status, (performance.now() - began) / 1000);
  });
  app.post(
    "/v1/scores",
    // Before the body is read: a stranger cannot make this process hold megabytes.
    async (c, next) => {
      const header = (name: string) => c.req.header(name);
      c.set(
        "caller",
        await admit({ authorization: header("authorization"), project: header("x-borda-project") }, options),
      );
      await next();
    },
    bodyLimit({
      maxSize: maxBytes,
      onError: () => {
        throw new ScoringFailure("body_too_large", `The body is larger than ${maxBytes} bytes: send several requests.`);
      },
    }),
    async (c) =>
      c.json(await scoreRequest(c.get("caller"), parseRequest(await c.req.text()), c.req.raw.signal, scoring)),
  );
  app.all("/v1/scores", () => {
    throw new ScoringFailure("method_not_allowed", "Scores are asked for with POST.");
  });
  app.notFound((c) => c.json(new ScoringFailure("not_found", "There is nothing here: ask for POST /v1/scores."), 404));

  app.onError((error, c) => {
    const failure = asFailure(error);
    if (failure.code === "internal_error") log.error({ err: error }, "scoring failed");
    const { retryAfterSeconds } = failure.details;
    if (retryAfterSeconds !== undefined) c.header("retry-after", String(Math.ceil(retryAfterSeconds)));
    if (failure.status === 401) c.header("www-authenticate", "Bearer");
    if (failure.code === "method_not_allowed") c.header("allow", "POST");
    return c.json(failure, failure.status);
  });
  return app;
}

async function admit(
  headers: Parameters<typeof identify>[0],
  { state, keys, internalToken, rateLimit }: AppOptions,
): Promise<Caller> {
  if (state() === "stopping") {
    throw new ScoringFailure("stopping", "The scorer is being stopped: send the request again.", {
      retryAfterSeconds: 1,
    });
  }
  const caller = await identify(headers, keys, internalToken);
  const wait = caller.kind === "key" ? rateLimit.take(caller.name) : 0;
  if (wait > 0) {
    throw new ScoringFailure(
      "rate_limited",
      "Too many requests with this key: wait, or put more completions into one.",
      {
        retryAfterSeconds: wait,
      },
    );
  }
  return caller;
}

function asFailure(error: unknown): ScoringFailure {
  if (error instanceof ScoringFailure) return error;
  return new ScoringFailure(
    "internal_error",
    "The scorer failed, and its log says why: the request may be sent again.",
  );
}
