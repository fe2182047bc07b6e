import { expect, test } from "vitest";
import { aProject } from "../../src/testing";
import { nextTask, submissionOf } from "../support";
import { refuses } from "./refuses";

const house = refuses("projects, the people in them and what they rank", [
  ["an email with capitals", `UPDATE "User" SET email = 'A@b.test' WHERE id = :user`, "User_email_check"],
  [
    "a member who is no user",
    `INSERT INTO "Labeler" (id, "projectId", kind, name) VALUES ('x', :project, 'MEMBER', 'x')`,
    "Labeler_kind_check",
  ],
  [
    "an imported name that is a user",
    `INSERT INTO "Labeler" (id, "projectId", kind, name, "userId") VALUES ('x', :project, 'IMPORTED', 'x', :user)`,
    "Labeler_kind_check",
  ],
  [
    "one imported name twice",
    `INSERT INTO "Labeler" (id, "projectId", kind, name) VALUES ('x', :project, 'IMPORTED', 'x'), ('y', :project, 'IMPORTED', 'x')`,
    "Labeler_imported_name",
  ],
  [
    "one user twice in a project",
    `INSERT INTO "Labeler" (id, "projectId", kind, name, "userId") VALUES ('x', :project, 'MEMBER', 'x', :user), ('y', :project, 'MEMBER', 'y', :user)`,
    "Labeler_projectId_userId_key",
  ],
  ["kMin above kMax", `UPDATE "Project" SET "kMin" = 5, "kMax" = 4 WHERE id = :project`, "Project_k_check"],
  ["kMin 1", `UPDATE "Project" SET "kMin" = 1 WHERE id = :project`, "Project_k_check"],
  ["kMax 10", `UPDATE "Project" SET "kMax" = 10 WHERE id = :project`, "Project_k_check"],
  [
    "no ranking wanted",
    `UPDATE "Project" SET "rankingsWanted" = 0 WHERE id = :project`,
    "Project_rankingsWanted_check",
  ],
  ["a project without a name", `UPDATE "Project" SET name = '  ' WHERE id = :project`, "Project_name_check"],
  ["a recipe that is no object", `UPDATE "Project" SET recipe = '[]' WHERE id = :project`, "Project_json_check"],
  [
    "one prompt twice in a project",
    `INSERT INTO "Prompt" (id, "projectId", content, "contentHash") SELECT 'x', "projectId", content, "contentHash" FROM "Prompt" WHERE id = :fresh`,
    "Prompt_projectId_contentHash_key",
  ],
  [
    "a prompt that is a number",
    `INSERT INTO "Prompt" (id, "projectId", content, "contentHash") VALUES ('x', :project, '1', 'x')`,
    "Prompt_content_check",
  ],
  [
    "an empty completion",
    `INSERT INTO "Completion" (id, "promptId", "projectId", text, "textHash", ordinal) VALUES ('x', :fresh, :project, '', 'x', 99)`,
    "Completion_text_check",
  ],
  [
    "a completion in another project than its prompt",
    `INSERT INTO "Completion" (id, "promptId", "projectId", text, "textHash", ordinal) VALUES ('x', :fresh, :other, 'x', 'x', 99)`,
    "Completion_promptId_projectId_fkey",
  ],
  [
    "a failed import without a reason",
    `INSERT INTO "Import" (id, "projectId", state, "fileName", "fileKey", bytes, "createdBy", "finishedAt") VALUES ('x', :project, 'FAILED', 'f', 'k', 1, 'u', now())`,
    "Import_error_check",
  ],
]);

test("a project goes away with everything in it, and a user with rankings does not", async () => {
  const { project, labelers } = await aProject(house.db, { prompts: 2 });
  await house.db.rankings.submit(submissionOf(await nextTask(house.db, project.id, labelers[0]!), labelers[0]!));
  const member = await house.db.prisma.labeler.findUniqueOrThrow({ where: { id: labelers[0]! } });
  await expect(house.db.prisma.user.delete({ where: { id: member.userId! } })).rejects.toMatchObject({ code: "P2003" });
  await house.db.prisma.project.delete({ where: { id: project.id } });
  expect(await house.db.prisma.ranking.count({ where: { projectId: project.id } })).toBe(0);
});
