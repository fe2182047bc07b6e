// npm test [-- NAME...]: installs, builds, then runs every check and suite (or those whose name holds one of NAME).
import { runCommand, say } from "./bootstrap/checkout.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  try {
    await install();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    console.log("0 passed, 1 failed");
    process.exit(1);
  }
  const { register } = await import("tsx/esm/api");
  register();
  const { runSuites } = await import("./checks/main");
  process.exit((await runSuites(process.argv.slice(2))) ? 0 : 1);
});
