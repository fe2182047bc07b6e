import { createHash } from "node:crypto";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { database } from "./singletons";

const window = { seconds: 15 * 60, attempts: 20 };

/**
 * Slows guessing at one account down, whatever addresses it comes from: at most 20 sign-ins per e-mail address in
 * 15 minutes, counted in one statement so that parallel attempts cannot slip past. The limit per client address is
 * better-auth's own; forwarded addresses can be made up, e-mail addresses of accounts cannot.
 */
export const guardSignIn = createAuthMiddleware(async (ctx) => {
  if (ctx.path !== "/sign-in/email" || typeof ctx.body?.email !== "string") return;
  const key = `account:${createHash("sha256").update(ctx.body.email.trim().toLowerCase()).digest("hex")}`;
  const now = Date.now();
  const since = now - window.seconds * 1000;
  const rows = await database().prisma.$queryRaw<{ count: number }[]>`
    INSERT INTO "RateLimit" ("id", "key", "count", "lastRequest") VALUES (${key}, ${key}, 1, ${now})
    ON CONFLICT ("key") DO UPDATE SET
      "count" = CASE WHEN "RateLimit"."lastRequest" < ${since} THEN 1 ELSE "RateLimit"."count" + 1 END,
      "lastRequest" = CASE WHEN "RateLimit"."lastRequest" < ${since} THEN ${now} ELSE "RateLimit"."lastRequest" END
    RETURNING "count"`;
  if ((rows[0]?.count ?? 0) > window.attempts)
    throw new APIError("TOO_MANY_REQUESTS", {
      code: "TOO_MANY_ATTEMPTS",
      message: "Too many attempts for this account. Wait a quarter of an hour, then try again.",
    });
});
