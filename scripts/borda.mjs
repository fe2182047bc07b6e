// npm run -s borda -- ...: the command line, from its TypeScript source, in the folder that the user typed in.
import { runCommand } from "./bootstrap/checkout.mjs";
import { homeOf } from "./bootstrap/home.mjs";
import { install } from "./bootstrap/install.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  await install();
  const { register } = await import("tsx/esm/api");
  register();
  process.env.BORDA_HOME = homeOf(process.env);
  // npm runs a script in the repository's root and tells the user's own folder by INIT_CWD.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  await import(new URL("../apps/cli/src/main.ts", import.meta.url).href);
});
