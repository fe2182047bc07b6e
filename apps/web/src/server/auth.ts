import { betterAuth } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { env, isSecure, trustedOrigins } from "@/env";
import { passwordLength } from "@/features/accounts/password";
import { guardSignIn, rememberDevice } from "./sign-in-guard";
import { database } from "./singletons";

function createAuth() {
  return betterAuth({
    appName: "Borda",
    baseURL: env().BORDA_WEB_URL,
    secret: env().BORDA_SECRET,
    trustedOrigins: trustedOrigins(),
    telemetry: { enabled: false },
    logger: { level: "warn" },
    database: prismaAdapter(database().prisma, { provider: "postgresql", transaction: true }),
    // Accounts come from invitations and from the first start; nobody signs up.
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      revokeSessionsOnPasswordReset: true,
    },
    verification: { storeIdentifier: "hashed" },
    user: { additionalFields: { role: { type: ["ADMIN", "LABELER"], input: false, required: false } } },
    session: { expiresIn: 60 * 60 * 24 * 30, updateAge: 60 * 60 * 24 },
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 120,
      customRules: {
        // Counted by guardSignIn.
        "/sign-in/email": false,
        "/change-password": { window: 60, max: 5 },
        "/get-session": false,
      },
    },
    hooks: { before: guardSignIn, after: rememberDevice },
    // What this app does not offer is not there to be attacked.
    disabledPaths: [
      "/request-password-reset",
      "/update-user",
      "/change-email",
      "/delete-user",
      "/sign-in/social",
      "/link-social",
      "/list-accounts",
    ],
    advanced: {
      cookiePrefix: "borda",
      useSecureCookies: isSecure(),
      defaultCookieAttributes: { sameSite: "lax", httpOnly: true },
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;
const held = globalThis as typeof globalThis & { bordaAuth?: Auth };

/** Accounts and sessions. */
export function auth(): Auth {
  held.bordaAuth ??= createAuth();
  return held.bordaAuth;
}
