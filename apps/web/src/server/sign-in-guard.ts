import { createHash, randomUUID } from "node:crypto";
import type { GenericEndpointContext } from "better-auth";
import { APIError, createAuthMiddleware, getIP } from "better-auth/api";
import { database } from "./singletons";

/** How many sign-ins may fail in a window; one more is refused, whatever its password. */
interface Limit {
  readonly key: string;
  readonly attempts: number;
  readonly minutes: number;
  readonly refusal: string;
}

const quarterOfAnHour = { minutes: 15, refusal: "Wait a quarter of an hour, then try again." };
const year = 365 * 24 * 60 * 60;

/**
 * Slows guessing at one account down, whatever addresses it comes from, and keeps nobody out of a browser where they
 * signed in before: such a browser has a signed cookie and is counted by itself, all others share what is left to
 * strangers (device cookies, OWASP 2023). An attempt is counted before its password is looked at, in one statement, so
 * that parallel ones cannot slip past, and taken back when it succeeds.
 */
export const guardSignIn = createAuthMiddleware(async (ctx) => {
  const account = accountOf(ctx);
  if (account === null) return;
  for (const { key, attempts, minutes, refusal } of await limitsOf(ctx, account))
    if ((await countAttempt(key, minutes)) > attempts)
      throw new APIError("TOO_MANY_REQUESTS", { code: "TOO_MANY_ATTEMPTS", message: `Too many attempts. ${refusal}` });
});

/** After a sign-in: takes its attempt back, and knows the browser again from now on. */
export const rememberDevice = createAuthMiddleware(async (ctx) => {
  const account = accountOf(ctx);
  if (account === null || !ctx.context.newSession) return;
  const keys = (await limitsOf(ctx, account)).map(({ key }) => key);
  await database().prisma.rateLimit.updateMany({
    where: { key: { in: keys }, count: { gt: 0 } },
    data: { count: { decrement: 1 } },
  });
  const { name, attributes } = deviceCookie(ctx, account);
  await ctx.setSignedCookie(name, `${account}.${randomUUID()}`, ctx.context.secret, attributes);
});

/** The hash of the e-mail address that signs in; null for any other request. */
function accountOf({ path, body }: GenericEndpointContext): string | null {
  if (path !== "/sign-in/email" || typeof body?.email !== "string") return null;
  return hashOf(body.email.trim().toLowerCase());
}

async function limitsOf(ctx: GenericEndpointContext, account: string): Promise<Limit[]> {
  const device = await ctx.getSignedCookie(deviceCookie(ctx, account).name, ctx.context.secret);
  if (typeof device === "string" && device.startsWith(`${account}.`))
    return [{ key: `device:${hashOf(device)}`, attempts: 20, ...quarterOfAnHour }];
  const ofAccount = {
    key: `account:${account}`,
    attempts: 20,
    minutes: 15,
    refusal: "Wait a quarter of an hour, or sign in from a browser where you did so before.",
  };
  // Forwarded addresses can be made up: they spare strangers each other's attempts, and protect nothing.
  const client = ctx.request ? getIP(ctx.request, ctx.context.options) : null;
  if (client === null) return [ofAccount];
  return [
    { key: `client:${client}`, attempts: 10, minutes: 1, refusal: "Wait a minute, then try again." },
    { key: `client:${client}:${account}`, attempts: 10, ...quarterOfAnHour },
    ofAccount,
  ];
}

/** One a person and browser, so that two who share a browser do not forget each other. */
function deviceCookie({ context }: GenericEndpointContext, account: string) {
  return context.createAuthCookie(`device-${account.slice(0, 16)}`, { maxAge: year, path: "/api/auth" });
}

/**
 * Attempts in the present window. A row keeps when its window ends: the library clears rows whose time is past. Its id is
 * nobody else's, so that parallel first attempts meet at the key alone, where the statement expects them.
 */
async function countAttempt(key: string, minutes: number): Promise<number> {
  const now = Date.now();
  const end = now + minutes * 60_000;
  const rows = await database().prisma.$queryRaw<{ count: number }[]>`
    INSERT INTO "RateLimit" ("id", "key", "count", "lastRequest") VALUES (${randomUUID()}, ${key}, 1, ${end})
    ON CONFLICT ("key") DO UPDATE SET
      "count" = CASE WHEN "RateLimit"."lastRequest" < ${now} THEN 1 ELSE "RateLimit"."count" + 1 END,
      "lastRequest" = CASE WHEN "RateLimit"."lastRequest" < ${now} THEN ${end} ELSE "RateLimit"."lastRequest" END
    RETURNING "count"`;
  return rows[0]?.count ?? 0;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
