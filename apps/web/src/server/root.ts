import { accountsRouter } from "@/features/accounts/server/router";
import { labelingRouter } from "@/features/labeling/server/router";
import { createContext } from "./context";
import { createCaller, router } from "./trpc";

/** Every procedure of the app; one line a feature. */
export const appRouter = router({
  accounts: accountsRouter,
  labeling: labelingRouter,
});
export type AppRouter = typeof appRouter;

/** Calls procedures from server components, as the user who asks for the page. */
export async function callerOf(headers: Headers): Promise<ReturnType<typeof createAppCaller>> {
  return createAppCaller(await createContext({ headers }));
}

const createAppCaller = createCaller(appRouter);
