/**
 * What `npm start` runs before the web server: makes the first admin if there is no user yet. Prints one line of JSON,
 * {"created": {"email", "password"}} or {"created": null}; the password is printed here and nowhere else.
 */
import { createDatabase } from "@borda/database";
import { env } from "./env";
import { ensureFirstAdmin } from "./server/first-admin";

const { DATABASE_URL, BORDA_ADMIN_EMAIL, BORDA_ADMIN_PASSWORD } = env();
const database = createDatabase(DATABASE_URL);
try {
  const created = await ensureFirstAdmin(database, { email: BORDA_ADMIN_EMAIL, password: BORDA_ADMIN_PASSWORD });
  console.log(JSON.stringify({ created }));
} finally {
  await database.close();
}
