import { randomUUID } from "node:crypto";
import type { LabelerId } from "@borda/preferences";
import { expect, test } from "vitest";
import { aProject, withTestDatabase } from "../src/testing";

const house = withTestDatabase();

test("a new password ends the user's sessions and links, and nobody else's", async () => {
  const { prisma, users } = house.db;
  const person = (name: string) =>
    users.create({ name, email: `${name}@borda.test`, role: "LABELER", passwordHash: "an old hash" });
  const [forgetful, other] = [await person("lou"), await person("mo")];
  const expiresAt = new Date(Date.now() + 60_000);
  for (const userId of [forgetful, other]) {
    await prisma.session.create({ data: { userId, token: randomUUID(), expiresAt } });
    await prisma.verification.create({ data: { identifier: randomUUID(), value: userId, expiresAt } });
  }
  await users.setPassword(forgetful, "a new hash");
  const accounts = await prisma.account.findMany({ where: { userId: { in: [forgetful, other] } } });
  expect(new Map(accounts.map(({ userId, password }) => [userId, password]))).toEqual(
    new Map<string, string | null>([
      [forgetful, "a new hash"],
      [other, "an old hash"],
    ]),
  );
  expect((await prisma.session.findMany()).map(({ userId }) => userId)).toEqual([other]);
  expect((await prisma.verification.findMany()).map(({ value }) => value)).toEqual([other]);
  await expect(users.setPassword(randomUUID() as typeof other, "a hash")).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("a member leads to their user while they are in the project", async () => {
  const { project, labelers } = await aProject(house.db, { labelers: 1 });
  const labelerId = labelers[0] as LabelerId;
  const user = await house.db.users.ofMember(labelerId);
  expect(await house.db.labelers.member(project.id, user.id)).toMatchObject({ id: labelerId });
  await house.db.labelers.remove(labelerId);
  await expect(house.db.users.ofMember(labelerId)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
