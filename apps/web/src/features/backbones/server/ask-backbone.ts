import { prepareBackbone } from "@borda/queue";
import { z } from "zod";
import { adminProcedure } from "@/server/trpc";
import { BackboneSpec, BackboneView } from "../views";

/** Has the worker fetch a backbone and look at it, anew if it did before. */
export const askBackbone = adminProcedure
  .input(z.object({ source: BackboneSpec }))
  .output(BackboneView)
  .mutation(async ({ ctx: { database, queue, user }, input: { source } }) => {
    const backbone = await database.backbones.ask({ source, askedBy: user.id });
    await queue.add(prepareBackbone, { backboneId: backbone.id });
    return backbone;
  });
