import { defineConfig } from "vitest/config";

// Each of the process tests starts whole Bordas: one file after the other keeps their readiness comparable.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } });
