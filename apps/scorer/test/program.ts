import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const outdir = new URL("../dist/test/", import.meta.url);

/** What an inference thread runs, bundled as the build does it. */
export const program = new URL("thread.js", outdir);

/** For `globalSetup`. */
export default function bundleProgram(): void {
  const bundle = fileURLToPath(new URL("../../../scripts/bundle.mjs", import.meta.url));
  const args = [bundle, `--outdir=${fileURLToPath(outdir)}`, "src/inference/thread.ts"];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The inference thread could not be bundled: ${stderr}`);
}
