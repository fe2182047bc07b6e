import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestDatabase } from "@borda/database/testing";
import { hashPassword } from "better-auth/crypto";
import { afterAll, beforeAll, vi } from "vitest";
import { POST as authenticate } from "@/app/api/auth/[...all]/route";
import { database, queue } from "@/server/singletons";
import { stubEnvironment } from "./environment";

export const web = "http://borda.example.org";
export const password = "a-long-enough-password";

export function signIn(
  email: string,
  password: string,
  headers: Record<string, string> = { origin: web },
): Promise<Response> {
  const body = JSON.stringify({ email, password });
  const json = { "content-type": "application/json", ...headers };
  return authenticate(new Request(`${web}/api/auth/sign-in/email`, { method: "POST", headers: json, body }));
}

/** An admin and a labeler of the web server, which runs on the test file's database; both have signed in. */
export function withVisitors(given: TestDatabase) {
  let home: string;
  const cookies: Record<"ADMIN" | "LABELER", string> = { ADMIN: "", LABELER: "" };
  beforeAll(async () => {
    home = await mkdtemp(path.join(tmpdir(), "borda-http-"));
    stubEnvironment({
      DATABASE_URL: given.url,
      BORDA_HOME: home,
      BORDA_WEB_URL: web,
      BORDA_MAX_UPLOAD_BYTES: "100000",
    });
    for (const role of ["ADMIN", "LABELER"] as const) {
      const email = `${role.toLowerCase()}@borda.test`;
      await given.db.users.create({ name: role, email, role, passwordHash: await hashPassword(password) });
      cookies[role] = (await signIn(email, password)).headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all([database().close(), queue().close()]);
    await rm(home, { recursive: true });
    vi.unstubAllEnvs();
  });
  return {
    cookies,
    /** A request of the signed-in admin, if nothing else is said. */
    request: (address: string, init: RequestInit = {}, headers: Record<string, string> = {}): Request =>
      new Request(`${web}${address}`, { ...init, headers: { cookie: cookies.ADMIN, origin: web, ...headers } }),
  };
}
