import { router } from "@/server/trpc";
import { getPrompt } from "./get-prompt";
import { listPrompts } from "./list-prompts";

export const promptsRouter = router({ list: listPrompts, get: getPrompt });
