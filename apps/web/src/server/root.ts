import { accountsRouter } from "@/features/accounts/server/router";
import { apiKeysRouter } from "@/features/api-keys/server/router";
import { backbonesRouter } from "@/features/backbones/server/router";
import { checkpointsRouter } from "@/features/checkpoints/server/router";
import { importsRouter } from "@/features/imports/server/router";
import { labelersRouter } from "@/features/labelers/server/router";
import { labelingRouter } from "@/features/labeling/server/router";
import { overviewRouter } from "@/features/overview/server/router";
import { peopleRouter } from "@/features/people/server/router";
import { projectsRouter } from "@/features/projects/server/router";
import { promptsRouter } from "@/features/prompts/server/router";
import { settingsRouter } from "@/features/settings/server/router";
import { trainingRouter } from "@/features/training/server/router";
import { tryItRouter } from "@/features/try-it/server/router";
import { createContext } from "./context";
import { createCaller, router } from "./trpc";

/** Every procedure of the app; one line a feature. */
export const appRouter = router({
  accounts: accountsRouter,
  apiKeys: apiKeysRouter,
  backbones: backbonesRouter,
  checkpoints: checkpointsRouter,
  imports: importsRouter,
  labelers: labelersRouter,
  labeling: labelingRouter,
  overview: overviewRouter,
  people: peopleRouter,
  projects: projectsRouter,
  prompts: promptsRouter,
  settings: settingsRouter,
  training: trainingRouter,
  tryIt: tryItRouter,
});
export type AppRouter = typeof appRouter;

/** Calls procedures from server components, as the user who asks for the page. */
export async function callerOf(headers: Headers): Promise<ReturnType<typeof createAppCaller>> {
  return createAppCaller(await createContext({ headers }));
}

const createAppCaller = createCaller(appRouter);
