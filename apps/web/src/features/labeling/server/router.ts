import { router } from "@/server/trpc";
import { myProjects } from "./my-projects";
import { nextTask } from "./next-task";
import { progress } from "./progress";
import { project } from "./project";
import { renewLease } from "./renew-lease";
import { skipTask } from "./skip-task";
import { submitRanking } from "./submit-ranking";

export const labelingRouter = router({ myProjects, nextTask, progress, project, renewLease, skipTask, submitRanking });
