// npm run complete-lockfile: after npm install from a registry that mirrors only some platforms.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, say } from "./bootstrap/checkout.mjs";
import { missingPlatforms, withAllPlatforms } from "./bootstrap/lockfile.mjs";

const path = join(checkout, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const missing = missingPlatforms(lock);
if (missing.length > 0) writeFileSync(path, `${JSON.stringify(withAllPlatforms(lock), null, 2)}\n`);
say(`${missing.length} packages of other platforms added.`);
