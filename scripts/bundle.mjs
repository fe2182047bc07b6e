// node ../../scripts/bundle.mjs [--outdir=DIR] ENTRY...: bundles an app's entries into its dist/. The house's own
// packages go in as source, everything from npm stays outside.
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values, positionals } = parseArgs({
  options: { outdir: { type: "string", default: "dist" } },
  allowPositionals: true,
});

await build({
  entryPoints: positionals,
  outdir: values.outdir,
  entryNames: "[name]",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
  plugins: [
    {
      name: "npm-stays-outside",
      setup({ onResolve }) {
        onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          kind === "entry-point" || path.startsWith("@borda/") ? undefined : { path, external: true },
        );
      },
    },
  ],
});
