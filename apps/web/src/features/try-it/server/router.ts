import { router } from "@/server/trpc";
import { scoreTrial } from "./score-trial";

export const tryItRouter = router({ score: scoreTrial });
