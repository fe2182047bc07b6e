import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { trustedOrigins } from "@/env";
import { createContext } from "@/server/context";
import { appRouter } from "@/server/root";

/** Serves every procedure. A request that another site's page sends is refused before anything is read. */
async function handle(request: Request): Promise<Response> {
  const origin = request.headers.get("origin");
  if (origin !== null && !trustedOrigins().includes(origin))
    return Response.json(
      { code: "FOREIGN_ORIGIN", message: `Requests from ${origin} are not allowed.` },
      { status: 403 },
    );
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: () => createContext({ headers: request.headers }),
  });
}

export { handle as GET, handle as POST };
