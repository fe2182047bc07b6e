import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { checkout } from "../bootstrap/checkout.mjs";
import type { Options } from "./options";

/** Who may sign in first. `password` is there only when it was made at random just now. */
export type FirstAdmin =
  | { state: "present" }
  | { state: "created"; email: string; password?: string }
  | { state: "reset"; email: string; password: string };

const Admin = z.object({ email: z.string(), password: z.string() });
const Said = z.object({ created: Admin.nullable(), reset: Admin.nullable() });

/**
 * Lets web make the first admin if nobody is there yet, or give one who is there a new password: passwords are hashed by
 * the sign-in library's own means.
 */
export async function ensureFirstAdmin(
  { email, password, reset: isReset }: Options["admin"],
  env: Record<string, string>,
): Promise<FirstAdmin> {
  const entry = join(checkout, "apps/web/dist/ensure-first-admin.js");
  const { stdout } = await promisify(execFile)(process.execPath, [entry, ...(isReset ? ["--reset"] : [])], {
    cwd: join(checkout, "apps/web"),
    env: { ...env, BORDA_ADMIN_EMAIL: email, ...(password === undefined ? {} : { BORDA_ADMIN_PASSWORD: password }) },
  });
  const { created, reset } = Said.parse(JSON.parse(stdout));
  if (reset) return { state: "reset", ...reset };
  if (!created) return { state: "present" };
  return { state: "created", email: created.email, ...(password === undefined ? { password: created.password } : {}) };
}
