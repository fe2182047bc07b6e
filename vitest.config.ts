import { defineConfig } from "vitest/config";

// For every workspace without one of its own: what is tested here runs on machines that run other things too.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
