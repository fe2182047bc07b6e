import { UserId } from "@borda/preferences";
import { z } from "zod";
import { sessionMemory } from "@/server/session-memory";
import { adminProcedure } from "@/server/trpc";
import { Person, Role } from "../views";

/** Makes somebody an admin, or an admin a labeler again; from their next request on. The last admin stays one. */
export const setRole = adminProcedure
  .input(z.object({ userId: UserId, role: Role }))
  .output(Person)
  .mutation(async ({ ctx, input }) => {
    const changed = await ctx.database.users.setRole(input.userId, input.role);
    sessionMemory().clear();
    ctx.log.info({ by: ctx.user.id, user: changed.id, role: changed.role }, "role set");
    return changed;
  });
