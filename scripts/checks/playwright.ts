import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { findTestBrowser } from "../testing/chromium";
import { runNode } from "./command";
import { fail, type Outcome, type Suite } from "./outcome";

const Spec = z.object({
  title: z.string(),
  tests: z.array(z.object({ status: z.enum(["expected", "unexpected", "flaky", "skipped"]) })),
});
interface SuiteTree {
  title: string;
  specs?: z.infer<typeof Spec>[] | undefined;
  suites?: SuiteTree[] | undefined;
}
const SuiteTree: z.ZodType<SuiteTree> = z.object({
  title: z.string(),
  specs: z.array(Spec).optional(),
  suites: z.lazy(() => z.array(SuiteTree)).optional(),
});
const Report = z.object({ suites: z.array(SuiteTree), errors: z.array(z.object({ message: z.string().optional() })) });

/** The built app in a real browser. Where there is none it does not run; in CI that is a failure of its own. */
export const endToEnd: Suite = {
  name: "e2e",
  async run() {
    if (!findTestBrowser()) {
      return {
        passed: 0,
        failed: 0,
        skipped: ["all of e2e: no Chromium here (install one, or name it in BORDA_CHROMIUM)"],
        failures: [],
      };
    }
    const reports = await mkdtemp(join(tmpdir(), "borda-playwright-"));
    const report = join(reports, "report.json");
    try {
      const { code } = await runNode(
        [
          "node_modules/@playwright/test/cli.js",
          "test",
          "--config",
          "e2e/playwright.config.ts",
          "--reporter=list,json",
        ],
        { output: "show", env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
      );
      if (!existsSync(report)) return fail(`e2e: Playwright ended (exit code ${code}) without a report`);
      return readPlaywright(readFileSync(report, "utf8"), code);
    } finally {
      await rm(reports, { recursive: true, force: true });
    }
  },
};

/** Counts a Playwright report. A flaky test failed once: it counts as failed. */
export function readPlaywright(json: string, code: number | null): Outcome {
  const { suites, errors } = Report.parse(JSON.parse(json));
  const specs = suites.flatMap((suite) => specsOf(suite, []));
  const failures = specs.filter(({ status }) => status === "unexpected" || status === "flaky").map(({ name }) => name);
  failures.push(...errors.map(({ message }) => `e2e: ${message?.split("\n")[0] ?? "an error outside every test"}`));
  if (code !== 0 && failures.length === 0) failures.push(`e2e: Playwright ended with exit code ${code}`);
  return {
    passed: specs.filter(({ status }) => status === "expected").length,
    failed: failures.length,
    skipped: specs.filter(({ status }) => status === "skipped").map(({ name }) => name),
    failures,
  };
}

function specsOf(suite: SuiteTree, above: readonly string[]): { name: string; status: string }[] {
  const path = [...above, suite.title];
  const own = (suite.specs ?? []).flatMap(({ title, tests }) =>
    tests.map(({ status }) => ({ name: [...path, title].join(" > "), status })),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => specsOf(inner, path))];
}
