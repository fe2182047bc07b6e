import { describe, it } from "vitest";
import { redisIsInstalled, startRedis } from "../src/testing";
import { promises } from "./promises";

if (redisIsInstalled) describe("on Redis", () => promises(startRedis));
else
  it("the Redis lane needs redis-server", () => {
    const message =
      "redis-server is not installed, so the Redis lane of the queue was NOT tested: install it (apt install redis-server).";
    if (process.env.CI) throw new Error(message);
    console.warn(`\n*** ${message} ***\n`);
  });
