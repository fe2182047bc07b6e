import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["@borda/database/testing/global-setup", "./test/program.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
