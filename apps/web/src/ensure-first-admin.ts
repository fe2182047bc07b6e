/**
 * What `npm start` runs before the web server: makes the first admin if there is no user yet. Prints one line of JSON,
 * {"created": {"email", "password"}, "reset": null}, where either may be null; the password is printed here and nowhere
 * else. With --reset an admin who is there already gets a new password.
 */
import { createDatabase } from "@borda/database";
import { env } from "./env";
import { ensureFirstAdmin, resetAdmin } from "./server/first-admin";

const { DATABASE_URL, BORDA_ADMIN_EMAIL, BORDA_ADMIN_PASSWORD } = env();
const database = createDatabase(DATABASE_URL);
try {
  const created = await ensureFirstAdmin(database, { email: BORDA_ADMIN_EMAIL, password: BORDA_ADMIN_PASSWORD });
  const isReset = !created && process.argv.includes("--reset");
  const reset = isReset ? await resetAdmin(database, { email: BORDA_ADMIN_EMAIL }) : null;
  console.log(JSON.stringify({ created, reset }));
} finally {
  await database.close();
}
