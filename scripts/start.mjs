// npm start: from a fresh clone to a running Borda. Plain Node up to the line that loads tsx: before the install there
// is nothing else.
import { runCommand } from "./bootstrap/checkout.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  await install();
  const { build } = await import("./bootstrap/build.mjs");
  await build();
  const { register } = await import("tsx/esm/api");
  register();
  const { supervise } = await import("./supervisor/main");
  await supervise(process.argv.slice(2), process.env);
  process.exit(0);
});
