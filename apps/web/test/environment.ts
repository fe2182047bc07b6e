import { vi } from "vitest";

/** The web server's environment for a test file. It is read at its first use, so set it before anything is called. */
export function stubEnvironment(variables: { readonly DATABASE_URL: string } & Readonly<Record<string, string>>): void {
  const all = {
    BORDA_HOME: "/nonexistent",
    BORDA_SECRET: "a secret of the tests, long enough",
    LOG_LEVEL: "silent",
  };
  for (const [name, value] of Object.entries({ ...all, ...variables })) vi.stubEnv(name, value);
}
