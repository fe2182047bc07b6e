import { defineConfig } from "vitest/config";

// Files that start whole Bordas are two: side by side, as each waits for its processes half of the time.
export default defineConfig({ test: { testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 2 } });
