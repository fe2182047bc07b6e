import type { Database } from "@borda/database";
import { Refused } from "../session";
import { type BordaLabeler, Stored, submission } from "./borda-labeler";

/** What must never be stored, tried on a live task; each line is a promise that did not hold. */
export async function tryNonsense(
  database: Database,
  [one, other]: readonly [BordaLabeler, BordaLabeler],
): Promise<string[]> {
  const [task, foreign] = [await one.next(), await other.next()];
  if (!task || !foreign) return ["there was no task left to try nonsense on"];
  const [first, second] = task.completionIds as [string, string];
  const stranger = foreign.completionIds[0] ?? "";
  const count = () => database.prisma.ranking.count({ where: { projectId: one.projectId } });
  const broken: string[] = [];

  const before = await count();
  const nonsense: [string, string, string[][]][] = [
    ["an untouched order", task.id, []],
    ["a completion of another task", task.id, [[first], [stranger]]],
    ["a completion ranked twice", task.id, [[first], [second, first]]],
    ["an empty tier", task.id, [[first], [], [second]]],
    ["a task of another labeler", foreign.id, [[...foreign.completionIds]]],
  ];
  for (const [what, taskId, tiers] of nonsense) {
    const outcome = await outcomeOf(one, submission(one.projectId, taskId, tiers));
    if (outcome !== "refused") broken.push(`${what}: ${outcome}`);
  }
  if ((await count()) !== before) broken.push("something refused was stored");

  const good = submission(one.projectId, task.id, [[first], [second]]);
  const replies = await Promise.all([1, 2, 3].map(() => one.session.mutate("labeling.submitRanking", good, Stored)));
  if (new Set(replies.map(({ rankingId }) => rankingId)).size !== 1) broken.push("a repeated submit made two rankings");
  if ((await outcomeOf(one, submission(one.projectId, task.id, [[second], [first]]))) === "accepted") {
    broken.push("a task was ranked twice by one labeler");
  }
  if ((await count()) !== before + 1) broken.push("a repeated submit counted more than once");
  return broken;
}

/** How the server took a submit: "failed" means that it refused without knowing why. */
async function outcomeOf(
  { session }: BordaLabeler,
  input: ReturnType<typeof submission>,
): Promise<"accepted" | "refused" | "failed"> {
  try {
    await session.mutate("labeling.submitRanking", input, Stored);
    return "accepted";
  } catch (error) {
    if (error instanceof Refused) return error.status < 500 ? "refused" : "failed";
    throw error;
  }
}
