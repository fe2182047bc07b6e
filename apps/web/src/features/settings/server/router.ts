import { router } from "@/server/trpc";
import { archiveProject } from "./archive-project";
import { deleteProject } from "./delete-project";
import { getLosses } from "./get-losses";
import { getSettings } from "./get-settings";
import { restoreProject } from "./restore-project";
import { updatePublishRule } from "./update-publish-rule";
import { updateRanking } from "./update-ranking";
import { updateRetrainRule } from "./update-retrain-rule";

export const settingsRouter = router({
  get: getSettings,
  updateRanking,
  updateRetrainRule,
  updatePublishRule,
  losses: getLosses,
  archive: archiveProject,
  restore: restoreProject,
  delete: deleteProject,
});
