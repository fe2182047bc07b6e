// npm run -s verify:python -- CHECKPOINT [--home DIR] [--python FILE] [--tolerance X] [--json]: whether other libraries
// give a checkpoint's rewards. It sets up what it needs under BORDA_HOME.
import { runCommand } from "./bootstrap/checkout.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  await install();
  const { register } = await import("tsx/esm/api");
  register();
  process.env.ORT_DISABLE_TELEMETRY ??= "1"; // of onnxruntime in Python and under transformers.js
  const { verify } = await import("./verify-python/main.ts");
  process.exit((await verify(process.argv.slice(2), process.env)) ? 0 : 1);
});
