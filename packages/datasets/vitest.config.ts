import { defineConfig } from "vitest/config";

// What is tested here runs on machines that run other things too.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
