import { UserId } from "@borda/preferences";
import { expect, test } from "vitest";
import { createSessionMemory, sessionCookieOf } from "@/server/session-memory";

const user = { id: UserId.parse("u"), name: "Lina", email: "lina@borda.test", role: "LABELER" } as const;

test("a session is remembered for seconds, not longer, and forgotten when accounts change", () => {
  let time = 0;
  const memory = createSessionMemory({ seconds: 5, now: () => time });
  memory.keep("cookie", user);
  time = 4_999;
  expect(memory.recall("cookie")).toBe(user);
  expect(memory.recall("other")).toBeNull();
  time = 5_000;
  expect(memory.recall("cookie")).toBeNull();
  memory.keep("cookie", user);
  memory.clear();
  expect(memory.recall("cookie")).toBeNull();
});

test("the session's cookie is found among others, with and without https", () => {
  const of = (cookie: string) => sessionCookieOf(new Headers({ cookie }));
  expect(of("borda-theme=dark; borda.session_token=abc.def%3D; x=1")).toBe("abc.def%3D");
  expect(of("__Secure-borda.session_token=abc")).toBe("abc");
  expect(of("borda-theme=dark; notborda.session_token=x")).toBeNull();
});
