// node ../../scripts/bundle.mjs ENTRY...: bundles an app's entries into its dist/. The house's own packages go in as
// source, everything from npm stays outside.
import { build } from "esbuild";

await build({
  entryPoints: process.argv.slice(2),
  outdir: "dist",
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
