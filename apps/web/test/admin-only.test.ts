import { aUser, withTestDatabase } from "@borda/database/testing";
import { createQueue, type Queue } from "@borda/queue";
import { createStorage } from "@borda/storage";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKeysRouter } from "@/features/api-keys/server/router";
import { backbonesRouter } from "@/features/backbones/server/router";
import { checkpointsRouter } from "@/features/checkpoints/server/router";
import { importsRouter } from "@/features/imports/server/router";
import { labelersRouter } from "@/features/labelers/server/router";
import { overviewRouter } from "@/features/overview/server/router";
import { peopleRouter } from "@/features/people/server/router";
import { projectsRouter } from "@/features/projects/server/router";
import { promptsRouter } from "@/features/prompts/server/router";
import { settingsRouter } from "@/features/settings/server/router";
import { trainingRouter } from "@/features/training/server/router";
import { tryItRouter } from "@/features/try-it/server/router";
import { createCaller, router } from "@/server/trpc";

const given = withTestDatabase();
const log = pino({ level: "silent" });
let queue: Queue;
beforeAll(() => {
  queue = createQueue({ databaseUrl: given.url });
});
afterAll(() => queue.close());

const pages = router({
  apiKeys: apiKeysRouter,
  backbones: backbonesRouter,
  checkpoints: checkpointsRouter,
  imports: importsRouter,
  labelers: labelersRouter,
  overview: overviewRouter,
  people: peopleRouter,
  projects: projectsRouter,
  prompts: promptsRouter,
  settings: settingsRouter,
  training: trainingRouter,
  tryIt: tryItRouter,
});
const procedures = Object.keys(pages._def.procedures);

describe.each(procedures)("%s", (path) => {
  it.each([
    ["somebody who is not signed in", false, "UNAUTHORIZED"],
    ["a labeler", true, "FORBIDDEN"],
  ])("refuses %s before it reads the input", async (_, signedIn, code) => {
    const id = await aUser(given.db);
    const caller: unknown = createCaller(pages)({
      database: given.db,
      queue,
      storage: createStorage("/nonexistent"),
      log,
      retraining: { rankingStored: () => {} },
      user: signedIn ? { id, name: "Lou", email: "lou@borda.test", role: "LABELER" } : null,
    });
    const procedure = path.split(".").reduce((at, name) => (at as Record<string, unknown>)[name], caller);
    await expect((procedure as (input: unknown) => Promise<unknown>)({})).rejects.toMatchObject({ code });
  });
});
