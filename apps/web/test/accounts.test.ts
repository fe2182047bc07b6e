import { execFileSync } from "node:child_process";
import path from "node:path";
import { aProject, aUser, withTestDatabase } from "@borda/database/testing";
import { verifyPassword } from "better-auth/crypto";
import { expect, test } from "vitest";
import { accountsRouter } from "@/features/accounts/server/router";
import type { Context } from "@/server/context";
import { ensureFirstAdmin } from "@/server/first-admin";
import { createCaller } from "@/server/trpc";

const house = withTestDatabase();
const visitor = () => createCaller(accountsRouter)({ database: house.db, user: null } as Context);

test("the first start makes an admin with a random password, stored only as a hash; the next changes nothing", async () => {
  const made = (await ensureFirstAdmin(house.db, {}))!;
  expect(made.email).toBe("admin@borda.local");
  expect(made.password).toMatch(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  const account = await house.db.prisma.account.findFirstOrThrow({ where: { user: { email: made.email } } });
  expect(account.password).not.toContain(made.password);
  expect(await verifyPassword({ hash: account.password!, password: made.password })).toBe(true);
  expect(await ensureFirstAdmin(house.db, {})).toBeNull();
});

test("an admin who is locked out gets a random password at the next start", async () => {
  const { password: old } = await house.db.prisma.account.findFirstOrThrow({
    where: { user: { email: "admin@borda.local" } },
  });
  const start = (...args: string[]) => {
    const variables = { BORDA_HOME: "/nonexistent", BORDA_SECRET: "a secret of the tests, long enough" };
    const env = { ...process.env, ...variables, DATABASE_URL: house.url };
    const said = execFileSync(process.execPath, ["--import", "tsx", "src/ensure-first-admin.ts", ...args], {
      ...{ cwd: path.join(import.meta.dirname, ".."), env, encoding: "utf8" },
    });
    return JSON.parse(said) as { created: null; reset: { email: string; password: string } | null };
  };
  expect(start()).toEqual({ created: null, reset: null });
  const { reset } = start("--reset");
  expect(reset?.email).toBe("admin@borda.local");
  const { password: hash } = await house.db.prisma.account.findFirstOrThrow({
    where: { user: { email: reset!.email } },
  });
  expect(hash).not.toBe(old);
  expect(await verifyPassword({ hash: hash!, password: reset!.password })).toBe(true);
});

async function anInvite(uses: number) {
  const { project } = await aProject(house.db, { prompts: 1 });
  const createdBy = await aUser(house.db, "ADMIN");
  return house.db.invites.create({ projectId: project.id, createdBy, days: 1, uses });
}
const person = (email: string) => ({ name: "Mo", email, password: "a-long-password" });

test("an invitation makes an account that ranks in its project, as a labeler", async () => {
  const { token, projectId } = await anInvite(1);
  await visitor().acceptInvite({ token, ...person("Mo@Borda.test") });
  const user = (await house.db.users.byEmail("mo@borda.test"))!;
  expect(user.role).toBe("LABELER");
  expect(await house.db.labelers.member(projectId, user.id)).toMatchObject({ name: "Mo" });
});

test("without a valid invitation nobody makes an account", async () => {
  await expect(visitor().acceptInvite({ token: "made-up", ...person("eve@borda.test") })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(await house.db.users.byEmail("eve@borda.test")).toBeNull();
});

test("an address with an account is told to sign in, and the invitation keeps its use", async () => {
  const first = await anInvite(1);
  await visitor().acceptInvite({ token: first.token, ...person("ann@borda.test") });
  const { token } = await anInvite(1);
  await expect(visitor().acceptInvite({ token, ...person("ann@borda.test") })).rejects.toMatchObject({
    code: "CONFLICT",
  });
  expect((await house.db.invites.find(token)).usesLeft).toBe(1);
});

test("a password of fewer than ten characters is refused by its field", async () => {
  const { token } = await anInvite(1);
  await expect(visitor().acceptInvite({ token, ...person("bo@borda.test"), password: "short" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});
