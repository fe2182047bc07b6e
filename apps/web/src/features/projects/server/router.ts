import { router } from "@/server/trpc";
import { createProject } from "./create-project";
import { listProjects } from "./list-projects";
import { loadDemo } from "./load-demo";

export const projectsRouter = router({ list: listProjects, create: createProject, loadDemo });
