import { defineConfig } from "vitest/config";

// Each file has a Postgres and a home of its own, and waits for locks to lapse more than it computes.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } });
