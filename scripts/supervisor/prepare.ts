import { DatabaseError, migrate } from "@borda/database";
import { z } from "zod";
import { Refusal } from "../bootstrap/checkout.mjs";
import { ensureFirstAdmin } from "./first-admin";

const Env = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  BORDA_ADMIN_EMAIL: z.email(),
  BORDA_ADMIN_PASSWORD: z.string().min(10),
});

/**
 * Migrates the database and makes the first admin if nobody is there; with --reset-admin one who is there gets a new
 * password. Throws Refusal for what a person can mend.
 */
export async function prepare(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const parsed = Env.safeParse(environment);
  if (!parsed.success) {
    throw new Refusal("INVALID_ENVIRONMENT", `These variables are not right:\n${z.prettifyError(parsed.error)}`);
  }
  const { DATABASE_URL, BORDA_ADMIN_EMAIL, BORDA_ADMIN_PASSWORD } = parsed.data;
  try {
    await migrate(DATABASE_URL);
  } catch (error) {
    if (error instanceof DatabaseError) throw new Refusal(error.code, error.message, { cause: error });
    throw error;
  }
  const defined = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const admin = await ensureFirstAdmin(
    { email: BORDA_ADMIN_EMAIL, password: BORDA_ADMIN_PASSWORD, reset: argv.includes("--reset-admin") },
    Object.fromEntries(defined),
  );
  if (admin.state === "reset") console.log(`Sign in as ${admin.email} with the new password ${admin.password}`);
  else console.log(admin.state === "created" ? `The first admin is ${admin.email}.` : "The database is up to date.");
}
