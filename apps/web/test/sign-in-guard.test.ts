import { withTestDatabase } from "@borda/database/testing";
import { expect, test, vi } from "vitest";
import { POST as authenticate } from "@/app/api/auth/[...all]/route";
import { password, signIn, web, withVisitors } from "./visitors";

// Where better-auth believes that it is tested every request comes from one address; it looks when it is loaded.
vi.hoisted(() => Object.assign(process.env, { NODE_ENV: "production", TEST: "" }));

const given = withTestDatabase();
const { request } = withVisitors(given);
const [admin, labeler] = ["admin@borda.test", "labeler@borda.test"] as const;
const from = (client: string, cookie = "") => ({ origin: web, "x-forwarded-for": client, cookie });
const guess = (email: string, headers: Record<string, string>) => signIn(email, "a-guess-at-random", headers);

/** The cookie by which a browser that signs in now is known again. */
async function deviceOf(email: string, client: string): Promise<string> {
  const cookies = (await signIn(email, password, from(client))).headers.getSetCookie();
  return cookies.find((cookie) => cookie.startsWith("borda.device-"))!.split(";")[0]!;
}

test("a browser that signed in before stays able to, however much others guess at the account", async () => {
  const device = await deviceOf(labeler, "10.0.1.0");
  const foreign = await deviceOf(admin, "10.0.1.0");
  await Promise.all(Array.from({ length: 21 }, (_, i) => guess(labeler, from(`10.0.1.${i}`))));
  expect((await signIn(labeler, password, from("10.0.1.50"))).status).toBe(429);
  for (const other of [foreign, device.replace(/=.{8}/, "=forgedit")])
    expect((await signIn(labeler, password, from("10.0.1.50", other))).status).toBe(429);
  expect((await signIn(labeler, password, from("10.0.1.50", device))).status).toBe(200);
});

test("a known browser may not guess for ever either", async () => {
  const device = await deviceOf(admin, "10.0.2.0");
  const guesses = Array.from({ length: 21 }, () => guess(admin, from("10.0.2.0", device)));
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect((await signIn(admin, password, from("10.0.2.0"))).status).toBe(200);
  // An id that parallel first attempts shared would be a second place to meet, and a fault.
  const counted = await given.db.prisma.rateLimit.findMany({ where: { key: { startsWith: "device:" } } });
  expect(counted.map(({ id, key }) => id === key)).toEqual(counted.map(() => false));
  expect(counted.length).toBeGreaterThan(0);
});

test("only attempts that fail count", async () => {
  for (let i = 0; i < 21; i++) expect((await signIn(admin, password, from("10.0.3.0"))).status).toBe(200);
});

test("one address that guessed ten times leaves the account to others, and waits the whole window", async () => {
  for (let i = 0; i < 12; i++) await guess(admin, from("10.0.4.1"));
  expect((await signIn(admin, password, from("10.0.4.1"))).status).toBe(429);
  expect((await signIn(admin, password, from("10.0.4.2"))).status).toBe(200);

  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    // The library clears the counts of its own, shorter windows as they go by.
    for (let i = 0; i < 2; i++) {
      vi.setSystemTime(Date.now() + 120_000);
      await authenticate(request("/api/auth/sign-out", { method: "POST" }, from("10.0.4.3")));
    }
    expect((await signIn(admin, password, from("10.0.4.1"))).status).toBe(429);
    vi.setSystemTime(Date.now() + 15 * 60_000);
    expect((await signIn(admin, password, from("10.0.4.1"))).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});
