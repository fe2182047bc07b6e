import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": path.join(import.meta.dirname, "src") } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    globalSetup: ["@borda/database/testing/global-setup"],
    testTimeout: 30_000,
  },
});
