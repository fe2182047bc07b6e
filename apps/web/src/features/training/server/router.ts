import { router } from "@/server/trpc";
import { cancelRun } from "./cancel-run";
import { followRun } from "./follow-run";
import { getDesk } from "./get-desk";
import { getPlan } from "./get-plan";
import { launchRun } from "./launch-run";
import { listRuns } from "./list-runs";
import { retryRun } from "./retry-run";

export const trainingRouter = router({
  desk: getDesk,
  plan: getPlan,
  launch: launchRun,
  runs: listRuns,
  follow: followRun,
  cancel: cancelRun,
  retry: retryRun,
});
