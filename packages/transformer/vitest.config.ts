import { defineConfig } from "vitest/config";

// The original runs in plain JavaScript here, on machines that run other things too.
export default defineConfig({ test: { testTimeout: 60_000, hookTimeout: 60_000 } });
