import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { startOf } from "../bootstrap/lock.mjs";
import { type RunningBorda, StartFailed, startBorda } from "../testing";

// Each test starts Borda as a person does; what a failed test left running ends here.
const running: RunningBorda[] = [];
const folders: string[] = [];

export async function start(options: Parameters<typeof startBorda>[0] = {}): Promise<RunningBorda> {
  const borda = await startBorda(options);
  running.push(borda);
  return borda;
}

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "borda-start-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((borda) => borda.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const status = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(5000) })).status;

/** Those of the processes that still run. */
export const alive = (pids: Record<string, number>) => Object.entries(pids).filter(([, pid]) => startOf(pid) !== "");

/** Signs the first admin in: the cookies of their session. */
export async function signIn({ webUrl, admin }: RunningBorda, password = admin.password): Promise<string> {
  const reply = await fetch(`${webUrl}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: webUrl },
    body: JSON.stringify({ email: admin.email, password }),
  });
  expect(reply.status).toBe(200);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

/** The one sentence that a start ended with. */
export async function sentenceOf(options: Parameters<typeof startBorda>[0]): Promise<string> {
  try {
    await start(options);
  } catch (error) {
    if (error instanceof StartFailed) return error.said.at(-1) ?? "";
    throw error;
  }
  throw new Error("it started");
}
