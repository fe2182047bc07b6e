import { spawn, spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Example, scoreExamples } from "../src/features/api-keys/examples";

/** How each language runs a program given on stdin. */
const interpreters: Record<Example["language"], readonly [string, ...string[]]> = {
  curl: ["bash", "-s"],
  Python: ["python3", "-"],
  TypeScript: [process.execPath, "--input-type=module", "-"],
};
const needs: Record<Example["language"], string> = { curl: "curl", Python: "python3", TypeScript: process.execPath };
const languages = (Object.keys(interpreters) as Example["language"][]).filter(
  (language) => spawnSync(needs[language], ["--version"]).status === 0,
);

let server: Server;
let scorerUrl: string;
let requests: { path: string | undefined; authorization: string | undefined; body: unknown }[] = [];

beforeAll(async () => {
  server = createServer(async (request, reply) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
    reply.setHeader("content-type", "application/json");
    reply.end(JSON.stringify({ checkpoint: "c1", scores: [1.5, -0.5] }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  scorerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

describe.each(languages)("the example in %s", (language) => {
  it.each([
    ["with the key that is shown once", "borda_shown", {}],
    ["with the key of the environment", null, { BORDA_KEY: "borda_kept" }],
  ])("works as it stands, %s", async (_, key, environment) => {
    requests = [];
    const { code } = scoreExamples({ scorerUrl, key }).find((example) => example.language === language)!;
    const { status, output } = await run(interpreters[language], code, environment);
    expect(output).toContain("1.5");
    expect(status).toBe(0);
    expect(requests).toEqual([
      {
        path: "/v1/scores",
        authorization: `Bearer ${key ?? "borda_kept"}`,
        body: { prompt: "Why is the sky blue?", completions: [expect.any(String), expect.any(String)] },
      },
    ]);
  });
});

function run(
  [command, ...args]: readonly [string, ...string[]],
  program: string,
  environment: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(command, args, { env: { ...process.env, ...environment } });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  child.stdin.end(program);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output }));
  });
}
