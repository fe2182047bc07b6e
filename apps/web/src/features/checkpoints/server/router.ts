import { router } from "@/server/trpc";
import { getCurves } from "./get-curves";
import { getShelf } from "./get-shelf";
import { publishCheckpoint } from "./publish-checkpoint";
import { rollBack } from "./roll-back";

export const checkpointsRouter = router({
  shelf: getShelf,
  curves: getCurves,
  publish: publishCheckpoint,
  rollBack,
});
