// node scripts/prepare.mjs: migrates the database in DATABASE_URL and makes the first admin, then ends. What
// `npm start` does by itself, for containers.
import { register } from "tsx/esm/api";

register();
const { runCommand } = await import("./bootstrap/checkout.mjs");
const { prepare } = await import("./supervisor/prepare");
runCommand(() => prepare(process.argv.slice(2), process.env));
