// npm run setup:tensorflow -- cpu|gpu [--home DIR] [--wheel FILE]: TensorFlow for training, under BORDA_HOME.
import { parseArgs } from "node:util";
import { Refusal, runCommand } from "./bootstrap/checkout.mjs";
import { homeOf } from "./bootstrap/home.mjs";
import { requireNode } from "./bootstrap/node-version.mjs";
import { builds } from "./setup-tensorflow/builds.mjs";
import { setup } from "./setup-tensorflow/setup.mjs";

runCommand(async () => {
  requireNode(process.versions.node);
  const { build, home, wheel } = readArguments();
  await setup(build, homeOf(process.env, home), wheel);
});

/** @returns {{ build: keyof typeof builds, home?: string | undefined, wheel?: string | undefined }} */
function readArguments() {
  const usage = "The command is npm run setup:tensorflow -- cpu|gpu [--home DIR] [--wheel FILE].";
  try {
    const { values, positionals } = parseArgs({
      options: { home: { type: "string" }, wheel: { type: "string" } },
      allowPositionals: true,
    });
    const [build] = positionals;
    if (positionals.length === 1 && (build === "cpu" || build === "gpu")) return { build, ...values };
  } catch (error) {
    throw new Refusal("USAGE", usage, { cause: error });
  }
  throw new Refusal("USAGE", usage);
}
