import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { isSetUp } from "../src/executors/tensorflow-library";
import { home, whereHere } from "./lanes";

const entry = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);
const program = `
  const { build, createExecutor, float32, input } = await import(${entry});
  const x = input("x", ["n"]);
  const outputs = { y: build.exp(build.neg(build.square(build.mul(x, 2)))) };
  const executor = await createExecutor({ outputs }, { executor: "tensorflow", home: process.argv[1] });
  console.log((await executor.run({ x: float32([0], [1]) })).y.data[0]);
  await executor.close();`;

/** Runs a graph in a process of its own; returns what Grappler says of its passes. */
async function passes(environment: Record<string, string>): Promise<readonly string[]> {
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program, home];
  const verbose = { TF_CPP_MIN_LOG_LEVEL: "0", TF_CPP_VMODULE: "meta_optimizer=1" };
  const env = { ...process.env, ...verbose, ...environment };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
  expect(stdout.trim()).toBe("1");
  return stderr.split("\n").filter((line) => line.includes("meta_optimizer.cc"));
}

const runtime = { executor: "tensorflow", home } as const;
describe.each(whereHere({ name: "tensorflow", runtime }, isSetUp(home, "cpu")))("$name on a processor", () => {
  it("runs a graph as it is lowered, and lets Grappler pass over it where that is asked for", async () => {
    expect(await passes({})).toEqual([]);
    expect((await passes({ BORDA_TENSORFLOW_GRAPPLER: "1" })).join("\n")).toMatch(/constant_folding/);
  });
});
