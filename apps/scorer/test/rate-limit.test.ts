import { describe, expect, it } from "vitest";
import { createRateLimit } from "../src/serving/rate-limit";

describe("a key's rate limit", () => {
  it("lets a burst through, then says when the next request may come", () => {
    let now = 0;
    const limit = createRateLimit({ rate: 2, burst: 3, now: () => now });
    expect([1, 2, 3].map(() => limit.take("a"))).toEqual([0, 0, 0]);
    expect(limit.take("a")).toBe(0.5);
    now = 500;
    expect(limit.take("a")).toBe(0);
    expect(limit.take("a")).toBeGreaterThan(0);
  });

  it("is each key's own", () => {
    const limit = createRateLimit({ rate: 1, burst: 1, now: () => 0 });
    expect(limit.take("a")).toBe(0);
    expect(limit.take("b")).toBe(0);
    expect(limit.take("a")).toBe(1);
  });
});
