import { aProject, withTestDatabase } from "@borda/database/testing";
import type { LabelerId } from "@borda/preferences";
import { beforeAll, expect, test, vi } from "vitest";
import { POST as authenticate } from "@/app/api/auth/[...all]/route";
import { labelersRouter } from "@/features/labelers/server/router";
import { createContext } from "@/server/context";
import { userOfPasswordLink } from "@/server/password-link";
import { createCaller } from "@/server/trpc";
import { password, signIn, web, withVisitors } from "./visitors";

vi.hoisted(() => Object.assign(process.env, { NODE_ENV: "production", TEST: "" }));

const given = withTestDatabase();
const { cookies, request } = withVisitors(given);
const email = "labeler@borda.test";
let labelerId: LabelerId;
beforeAll(async () => {
  const { project } = await aProject(given.db, { prompts: 1, labelers: 0 });
  const { id: userId } = (await given.db.users.byEmail(email))!;
  labelerId = (await given.db.labelers.add({ projectId: project.id, userId, name: "Lou" })).id;
});

const callerWith = async (cookie: string) =>
  createCaller(labelersRouter)(await createContext({ headers: new Headers({ cookie }) }));

/** The token of a link that the admin makes for the labeler. */
async function aToken(): Promise<string> {
  const { link } = await (await callerWith(cookies.ADMIN)).createPasswordLink({ labelerId });
  expect(link).toMatch(/^http:\/\/borda\.example\.org\/new-password\/[\w-]{32}$/);
  return new URL(link).pathname.replace("/new-password/", "");
}
async function setPassword(token: string, newPassword: string): Promise<[status: number, code: string | undefined]> {
  const init = { method: "POST", body: JSON.stringify({ token, newPassword }) };
  const headers = { cookie: "", "content-type": "application/json" };
  const reply = await authenticate(request("/api/auth/reset-password", init, headers));
  expect(reply.headers.getSetCookie()).toEqual([]);
  return [reply.status, ((await reply.json()) as { code?: string }).code];
}
const entry = async (secret: string) => (await signIn(email, secret, { origin: web })).status;

test("a link sets a new password once, ends every session of its person, and signs nobody in", async () => {
  const token = await aToken();
  expect(await userOfPasswordLink(token)).toMatchObject({ email });
  expect(JSON.stringify(await given.db.prisma.verification.findMany())).not.toContain(token);
  expect(await setPassword(token, "short")).toEqual([400, "PASSWORD_TOO_SHORT"]);
  expect((await createContext({ headers: new Headers({ cookie: cookies.LABELER }) })).user).toMatchObject({ email });

  expect(await setPassword(token, "another-long-password")).toEqual([200, undefined]);
  expect([await entry(password), await entry("another-long-password")]).toEqual([401, 200]);
  expect((await createContext({ headers: new Headers({ cookie: cookies.LABELER }) })).user).toBeNull();
  expect((await createContext({ headers: new Headers({ cookie: cookies.ADMIN }) })).user).not.toBeNull();

  expect(await userOfPasswordLink(token)).toBeNull();
  expect(await setPassword(token, "a-third-long-password")).toEqual([400, "INVALID_TOKEN"]);
});

test("a link stops working when the next one is made, and after three days", async () => {
  const [first, second] = [await aToken(), await aToken()];
  expect(await userOfPasswordLink(first)).toBeNull();
  expect(await setPassword(first, "a-third-long-password")).toEqual([400, "INVALID_TOKEN"]);
  expect(await userOfPasswordLink(second)).toMatchObject({ email });
  const { expiresAt } = await given.db.prisma.verification.findFirstOrThrow();
  expect(Math.round((expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(3);
  await given.db.prisma.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await userOfPasswordLink(second)).toBeNull();
  expect(await setPassword(second, "a-third-long-password")).toEqual([400, "INVALID_TOKEN"]);
});

test("nobody asks for a link by themselves, and who left the project gets none from it", async () => {
  const body = JSON.stringify({ email });
  const headers = { cookie: "", "content-type": "application/json" };
  const asked = await authenticate(request("/api/auth/request-password-reset", { method: "POST", body }, headers));
  expect(asked.status).toBe(404);
  await given.db.labelers.remove(labelerId);
  await expect(aToken()).rejects.toMatchObject({ code: "NOT_FOUND" });
});
