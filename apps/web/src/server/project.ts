import type { Project } from "@borda/database";
import type { ProjectId } from "@borda/preferences";
import { notFound } from "next/navigation";
import { cache } from "react";
import { isDomainError } from "./errors";
import { database } from "./singletons";

/** For pages: the project, or the page that says there is none. Read once a request. */
export const projectOr404 = cache(async (projectId: ProjectId): Promise<Project> => {
  try {
    return await database().projects.get(projectId);
  } catch (error) {
    // By its code: the database may be another chunk's, and its classes that chunk's own.
    if (isDomainError(error) && error.code === "NOT_FOUND") notFound();
    throw error;
  }
});
