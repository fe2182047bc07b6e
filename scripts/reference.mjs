// npm run -s reference -- --seed N --out DIR [--draws N] [--precision float32] [--python FILE] [MODEL_TYPE...]: new reference
// folders for `borda parity`, drawn and computed with PyTorch. It sets up what it needs under BORDA_HOME.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkout, Refusal, runCommand } from "./bootstrap/checkout.mjs";
import { homeOf } from "./bootstrap/home.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  await install();
  const { register } = await import("tsx/esm/api");
  register();
  const { pythonWithLibraries } = await import("./verify-python/libraries.ts");
  const words = process.argv.slice(2);
  const at = words.indexOf("--python");
  if (at >= 0 && !words[at + 1]) throw new Refusal("USAGE", "--python wants the file of a Python with torch and peft.");
  const [, own] = at < 0 ? [] : words.splice(at, 2);
  const python = own ?? (await pythonWithLibraries(homeOf(process.env)));
  const program = join(checkout, "packages", "transformer", "python", "draw_reference.py");
  const child = spawn(python, [program, ...words], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
});
