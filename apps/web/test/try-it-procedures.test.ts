import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { aProject } from "@borda/database/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { tryItRouter } from "@/features/try-it/server/router";
import { createCaller } from "@/server/trpc";
import { stubEnvironment } from "./environment";
import { withHouse } from "./house";

const house = withHouse();
const token = "internal-token-of-the-tests";
let server: Server;
/** What the scorer answers next, and what it was asked last. */
let answer: { status: number; body: unknown };
let asked: { headers: IncomingMessage["headers"]; body: unknown };

beforeAll(async () => {
  server = createServer(async (request, reply) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked = { headers: request.headers, body: JSON.parse(body) };
    reply.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const scorer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stubEnvironment({ DATABASE_URL: house.url, BORDA_SCORER_URL: scorer, BORDA_INTERNAL_TOKEN: token });
});
afterAll(() => {
  server.close();
  vi.unstubAllEnvs();
});

async function tried(reply: typeof answer) {
  answer = reply;
  const { id: projectId } = (await aProject(house.db)).project;
  const admin = createCaller(tryItRouter)(await house.anAdmin());
  return { projectId, result: admin.score({ projectId, prompt: "Why?", completions: ["Because.", "So."] }) };
}
const refusal = (status: number, code: string) => tried({ status, body: { error: { code, message: "Too long." } } });

describe("trying the published model", () => {
  it("asks the scorer in the project's name and gives each completion its reward, in order", async () => {
    const checkpoint = crypto.randomUUID();
    const body = { checkpoint, scores: [1.5, -0.5], tokens: [3, 2], truncated: [false, true] };
    const { projectId, result } = await tried({ status: 200, body });
    expect(await result).toEqual({
      checkpointId: checkpoint,
      scores: [
        { reward: 1.5, tokens: 3, truncated: false },
        { reward: -0.5, tokens: 2, truncated: true },
      ],
    });
    expect(asked.headers).toMatchObject({ authorization: `Bearer ${token}`, "x-borda-project": projectId });
    expect(asked.body).toEqual({ prompt: "Why?", completions: ["Because.", "So."] });
  });

  it.each([
    [503, "nothing_published", "PRECONDITION_FAILED", /Train a reward model and publish/],
    [413, "body_too_large", "BAD_REQUEST", /^Too long\.$/],
    [422, "invalid_request", "BAD_REQUEST", /^Too long\.$/],
    [503, "overloaded", "SERVICE_UNAVAILABLE", /refuses \(Too long\.\).*Check that it runs/],
  ])("says what the scorer's %i %s means", async (status, code, expected, message) => {
    const { result } = await refusal(status, code);
    await expect(result).rejects.toMatchObject({ code: expected, message: expect.stringMatching(message) });
  });

  it("says where the scorer should be when it does not answer", async () => {
    server.close();
    server.closeAllConnections();
    const { result } = await tried({ status: 200, body: {} });
    await expect(result).rejects.toMatchObject({
      code: "SERVICE_UNAVAILABLE",
      message: expect.stringMatching(/does not answer\. Check that it runs and that BORDA_SCORER_URL/),
    });
  });
});
