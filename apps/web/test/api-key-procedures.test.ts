import { aProject } from "@borda/database/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { apiKeysRouter } from "@/features/api-keys/server/router";
import { createCaller } from "@/server/trpc";
import { stubEnvironment } from "./environment";
import { withHouse } from "./house";

const house = withHouse();
beforeAll(() => stubEnvironment({ DATABASE_URL: house.url, BORDA_SCORER_PUBLIC_URL: "https://scores.example.org/" }));
afterAll(() => vi.unstubAllEnvs());
const anAdmin = async () => createCaller(apiKeysRouter)(await house.anAdmin());

describe("an API key", () => {
  it("is shown when it is made and nowhere else: what is stored cannot be sent as a key", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    const { key } = await admin.create({ projectId, name: "best of n" });
    const { keys, scorerUrl } = await admin.list({ projectId });
    expect(keys).toMatchObject([{ name: "best of n", lastUsedAt: null, revokedAt: null }]);
    expect(JSON.stringify(keys)).not.toContain(key);
    expect(scorerUrl).toBe("https://scores.example.org");
    const stored = await house.db.prisma.apiKey.findFirstOrThrow({ where: { projectId } });
    expect(JSON.stringify(stored)).not.toContain(key.slice(keys[0]!.prefix.length));
    expect(await house.db.apiKeys.verify(stored.hash)).toBeNull();
    expect(await house.db.apiKeys.verify(key)).toMatchObject({ projectId });
  });

  it("that is revoked stays in the list with its last use, and opens nothing", async () => {
    const admin = await anAdmin();
    const { id: projectId } = (await aProject(house.db)).project;
    const { key } = await admin.create({ projectId, name: "old" });
    const apiKeyId = (await admin.list({ projectId })).keys[0]!.id;
    const at = new Date();
    await house.db.apiKeys.touch(new Map([[apiKeyId, at]]));
    await admin.revoke({ apiKeyId });
    expect((await admin.list({ projectId })).keys).toMatchObject([{ lastUsedAt: at, revokedAt: expect.any(Date) }]);
    expect(await house.db.apiKeys.verify(key)).toBeNull();
  });

  it("without a name is refused", async () => {
    const { id: projectId } = (await aProject(house.db)).project;
    await expect((await anAdmin()).create({ projectId, name: " " })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  });
});
