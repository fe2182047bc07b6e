import { describe, expect, it } from "vitest";
import { readPlaywright } from "../checks/playwright";
import { readVitest } from "../checks/vitest";

const test = (fullName: string, status: string) => ({ fullName, status });
const vitest = (...files: { name: string; status: string; assertionResults: object[] }[]) =>
  JSON.stringify({ testResults: files });

describe("a vitest report", () => {
  it("counts what passed, failed and did not run", () => {
    const results = [test("a", "passed"), test("b", "failed"), test("c", "skipped"), test("d", "todo")];
    const json = vitest({ name: "x.test.ts", status: "failed", assertionResults: results });
    expect(readVitest("x", json, 1)).toEqual({ passed: 1, failed: 1, skipped: ["c", "d"], failures: ["b"] });
  });

  it("counts a file that could not be run as a failure", () => {
    const json = vitest({ name: "x.test.ts", status: "failed", assertionResults: [] });
    expect(readVitest("x", json, 1)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("counts an exit code that no test accounts for, and an empty report", () => {
    const passed = vitest({ name: "x.test.ts", status: "passed", assertionResults: [test("a", "passed")] });
    expect(readVitest("x", passed, 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(readVitest("x", vitest(), 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});

describe("a Playwright report", () => {
  const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
  const report = (specs: object[], errors: object[] = []) =>
    JSON.stringify({ suites: [{ title: "road.spec.ts", specs: [], suites: [{ title: "inner", specs }] }], errors });

  it("counts nested tests, a flaky one as failed", () => {
    const json = report([spec("a", "expected"), spec("b", "flaky"), spec("c", "unexpected"), spec("d", "skipped")]);
    expect(readPlaywright(json, 1)).toEqual({
      passed: 1,
      failed: 2,
      skipped: ["road.spec.ts > inner > d"],
      failures: ["road.spec.ts > inner > b", "road.spec.ts > inner > c"],
    });
  });

  it("counts an error outside every test", () => {
    expect(readPlaywright(report([spec("a", "expected")], [{ message: "no tests found" }]), 1)).toMatchObject({
      failed: 1,
    });
  });
});
