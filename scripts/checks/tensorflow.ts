import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNode } from "./command";
import type { Outcome, Suite } from "./outcome";

/**
 * Sets up both builds of TensorFlow for the tests that follow, outside of the checkout: a machine that has them already
 * keeps them. Seconds then, about two minutes on a fresh one.
 */
export const tensorflowSetup: Suite = {
  name: "tensorflow",
  async run(): Promise<Outcome> {
    const home = process.env.BORDA_TENSORFLOW_HOME ?? join(tmpdir(), "borda-tensorflow");
    process.env.BORDA_TENSORFLOW_HOME = home;
    const failures: string[] = [];
    for (const build of ["cpu", "gpu"]) {
      const { code } = await runNode(["scripts/setup-tensorflow.mjs", build, "--home", home], { output: "show" });
      if (code !== 0) failures.push(`npm run setup:tensorflow -- ${build} (exit code ${code})`);
    }
    return { passed: 2 - failures.length, failed: failures.length, skipped: [], failures };
  },
};
