// npm run bench -- NAME [OPTION...]: installs, builds, then runs bench/NAME.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkout, Refusal, runCommand } from "./bootstrap/checkout.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

const folder = join(checkout, "bench");

runCommand(async () => {
  requireNode(process.versions.node);
  const [name = "", ...options] = process.argv.slice(2);
  const main = (/** @type {string} */ of) => join(folder, of, "main.ts");
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(main(name))) {
    const names = readdirSync(folder).filter((of) => existsSync(main(of)));
    throw new Refusal("USAGE", `The command is npm run bench -- NAME; there are: ${names.join(", ")}.`);
  }
  await install();
  const { build } = await import("./bootstrap/build.mjs");
  await build();
  const { register } = await import("tsx/esm/api");
  register();
  const { run } = await import(main(name));
  process.exit((await run(options)) ? 0 : 1);
});
