import path from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Files that the build takes in as text (src/features/projects/demo) are text here, too. */
const textModules: Plugin = {
  name: "text-modules",
  enforce: "pre",
  transform: (code, id) => (/\.(jsonl|md)$/.test(id) ? `export default ${JSON.stringify(code)}` : undefined),
};

export default defineConfig({
  plugins: [textModules],
  resolve: { alias: { "@": path.join(import.meta.dirname, "src") } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    globalSetup: ["@borda/database/testing/global-setup"],
    testTimeout: 30_000,
  },
});
