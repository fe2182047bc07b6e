import { ProjectId } from "@borda/preferences";
import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import { z } from "zod";
import type { Context } from "./context";
import { isDomainError, toTrpcError } from "./errors";

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  errorFormatter({ shape, error }) {
    const { cause } = error;
    const unexpected = error.code === "INTERNAL_SERVER_ERROR";
    return {
      ...shape,
      message: unexpected
        ? "Something went wrong on the server; its log has the details. Try again."
        : messageOf(error),
      data: {
        code: shape.data.code,
        httpStatus: shape.data.httpStatus,
        path: shape.data.path,
        /** The domain error's stable code, for example LEASE_LAPSED. */
        reason: isDomainError(cause) ? cause.code : null,
        /** Problems of the input, by the field's dotted path. */
        fields: cause instanceof z.ZodError ? fieldsOf(cause) : null,
      },
    };
  },
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
});

function messageOf(error: TRPCError): string {
  return error.cause instanceof z.ZodError ? sentenceOf(error.cause) : error.message;
}

/** "token: Invalid UUID. tiers.0: Too big." */
function sentenceOf(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}.`)
    .join(" ");
}

function fieldsOf(error: z.ZodError): Record<string, string> {
  return Object.fromEntries(error.issues.map((issue) => [issue.path.join("."), issue.message]));
}

const reportErrors = t.middleware(async ({ ctx, next, path, type }) => {
  const result = await next();
  if (result.ok) return result;
  const error = toTrpcError(result.error.cause);
  if (error instanceof TRPCError) throw error;
  if (result.error.code === "INTERNAL_SERVER_ERROR")
    ctx.log.error({ err: result.error.cause, path, type }, "procedure");
  return result;
});

export const router = t.router;
export const createCaller = t.createCallerFactory;

/** For anybody, signed in or not. */
export const publicProcedure = t.procedure.use(reportErrors);

/** For anybody with an account; ctx.user is there. */
export const signedInProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: "UNAUTHORIZED", message: "Your session has ended. Sign in again." });
  return next({ ctx: { user: ctx.user } });
});

/** For admins. */
export const adminProcedure = signedInProcedure.use(({ ctx, next }) => {
  if (ctx.user.role !== "ADMIN")
    throw new TRPCError({ code: "FORBIDDEN", message: "Only an admin may do this. Ask an admin of this Borda." });
  return next();
});

/** For members of input.projectId; ctx.labelerId is who they are there. Whether a task is theirs the database decides. */
export const labelerProcedure = signedInProcedure
  .input(z.object({ projectId: ProjectId }))
  .use(async ({ ctx, input, next }) => {
    const labeler = await ctx.database.labelers.member(input.projectId, ctx.user.id);
    if (!labeler)
      throw new TRPCError({
        code: "FORBIDDEN",
        message: "You do not rank in this project. Ask its admin to invite you.",
      });
    return next({ ctx: { labelerId: labeler.id } });
  });
