import { defineConfig } from "vitest/config";

/** Native threads share two cores with the other packages' tests: slow is not stuck. */
export default defineConfig({ test: { testTimeout: 60_000 } });
