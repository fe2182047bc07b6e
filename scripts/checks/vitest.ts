import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runNode } from "./command";
import { fail, type Outcome, type Suite } from "./outcome";

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** All tests of one workspace, on source. */
export function vitestSuite(name: string, folder: string): Suite {
  return {
    name,
    beside: true,
    async run(output = "show") {
      const reports = await mkdtemp(join(tmpdir(), "borda-vitest-"));
      const report = join(reports, "report.json");
      try {
        const { code, output: kept } = await runNode(
          [
            "node_modules/vitest/vitest.mjs",
            "run",
            "--root",
            folder,
            "--reporter=default",
            "--reporter=json",
            `--outputFile.json=${report}`,
          ],
          { output, env: { NODE_ENV: "test" } },
        );
        if (output === "keep") console.log(kept);
        if (!existsSync(report)) return fail(`${name}: vitest ended (exit code ${code}) without a report`);
        return readVitest(name, readFileSync(report, "utf8"), code);
      } finally {
        await rm(reports, { recursive: true, force: true });
      }
    },
  };
}

/**
 * Counts a vitest report. A file that could not be read counts as one failure; so does an exit code that no test
 * accounts for (an unhandled error, a crashed worker), and a report without a single test.
 */
export function readVitest(name: string, json: string, code: number | null): Outcome {
  const files = Report.parse(JSON.parse(json)).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const failures = tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
  const broken = files.filter((file) => file.status === "failed" && !file.assertionResults.some(isFailed));
  failures.push(...broken.map((file) => `${file.name} could not be run`));
  const passed = tests.filter(({ status }) => status === "passed").length;
  if (code !== 0 && failures.length === 0) failures.push(`${name}: vitest ended with exit code ${code}`);
  if (tests.length === 0 && failures.length === 0) failures.push(`${name}: no test was found`);
  return {
    passed,
    failed: failures.length,
    skipped: tests.filter(({ status }) => status !== "passed" && status !== "failed").map(({ fullName }) => fullName),
    failures,
  };
}

function isFailed({ status }: { status: string }): boolean {
  return status === "failed";
}
