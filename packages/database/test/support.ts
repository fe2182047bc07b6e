import type { CompletionId, LabelerId, ProjectId, TaskId } from "@borda/preferences";
import pg from "pg";
import type { Database } from "../src";
import type { Task } from "../src/tasks";

/** Ranks a task's completions in the order shown. */
export function submissionOf(task: Task, labelerId: LabelerId, token: string = crypto.randomUUID()) {
  const tiers = task.completions.map(({ id }) => [id]);
  return { taskId: task.taskId, labelerId, tiers, unacceptableFrom: null, token, secondsSpent: 2 };
}

export async function nextTask(db: Database, projectId: ProjectId, labelerId: LabelerId): Promise<Task> {
  const task = await db.tasks.next({ projectId, labelerId });
  if (!task) throw new Error("There is no next task.");
  return task;
}

/** Plain SQL, past all repositories. */
export async function statement<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  return client
    .query<Row>(text, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

/** Makes a lease end in the past, as if time had gone by. */
export async function letLapse(url: string, taskId: TaskId): Promise<void> {
  await statement(
    url,
    `UPDATE "Slot" SET "leasedAt" = now() - interval '2 hours', "leaseExpiresAt" = now() - interval '1 hour' WHERE id = $1`,
    [taskId],
  );
}

export const foreignCompletion = "01890000-0000-7000-8000-000000000000" as CompletionId;
