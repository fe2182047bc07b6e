import type { TestProject } from "vitest/node";
import { startTestServer } from "./server";

declare module "vitest" {
  interface ProvidedContext {
    /** The template's address on the server of this vitest run. */
    bordaTemplateUrl: string;
  }
}

/** For `globalSetup` in a vitest configuration: one server for all test files of the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("bordaTemplateUrl", server.templateUrl);
  return () => server.stop();
}
