import { withTestDatabase } from "@borda/database/testing";
import { beforeAll, expect, test, vi } from "vitest";
import { peopleRouter } from "@/features/people/server/router";
import { createContext } from "@/server/context";
import { createCaller } from "@/server/trpc";
import { withVisitors } from "./visitors";

vi.hoisted(() => Object.assign(process.env, { NODE_ENV: "production", TEST: "" }));

const given = withTestDatabase();
const { cookies } = withVisitors(given);
const as = async (role: keyof typeof cookies) =>
  createCaller(peopleRouter)(await createContext({ headers: new Headers({ cookie: cookies[role] }) }));
let [adminId, labelerId]: string[] = [];
beforeAll(async () => {
  const people = await (await as("ADMIN")).list();
  [adminId, labelerId] = ["admin@borda.test", "labeler@borda.test"].map(
    (email) => people.find((person) => person.email === email)!.id,
  );
});
const setRole = async (by: keyof typeof cookies, userId: string | undefined, role: string) =>
  (await as(by)).setRole({ userId, role } as Parameters<Awaited<ReturnType<typeof as>>["setRole"]>[0]);

test("who is made an admin is one from the next request on, and who is a labeler again no longer", async () => {
  await expect((await as("LABELER")).list()).rejects.toMatchObject({ code: "FORBIDDEN" });
  await expect(setRole("LABELER", labelerId, "ADMIN")).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(await setRole("ADMIN", labelerId, "ADMIN")).toMatchObject({ id: labelerId, role: "ADMIN" });
  expect((await (await as("LABELER")).list()).map(({ role }) => role)).toEqual(["ADMIN", "ADMIN"]);
  await setRole("ADMIN", labelerId, "LABELER");
  await expect((await as("LABELER")).list()).rejects.toMatchObject({ code: "FORBIDDEN" });
});

test("the last admin stays one, and nobody's role is refused by name", async () => {
  await expect(setRole("ADMIN", adminId, "LABELER")).rejects.toThrow(
    "This is the last admin. Make somebody else admin",
  );
  expect((await (await as("ADMIN")).list()).map(({ role }) => role).sort()).toEqual(["ADMIN", "LABELER"]);
  await expect(setRole("ADMIN", crypto.randomUUID(), "ADMIN")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(setRole("ADMIN", labelerId, "OWNER")).rejects.toThrow(/role/);
});

test("nobody learns a password's hash from the list", async () => {
  const people = await (await as("ADMIN")).list();
  expect(Object.keys(people[0]!).sort()).toEqual(["createdAt", "email", "id", "name", "role"]);
});
