import type { Database } from "@borda/database";
import type { Confirmed } from "./borda-labeler";

/** Compares what the database holds of a project with what its labelers were told; each line is a broken promise. */
export async function audit(
  { prisma }: Database,
  { projectId, overlap, confirmed }: { projectId: string; overlap: number; confirmed: readonly Confirmed[] },
): Promise<string[]> {
  const rankings = await prisma.ranking.findMany({
    where: { projectId, slotId: { not: null } },
    select: {
      id: true,
      promptId: true,
      slotId: true,
      labelerId: true,
      labeler: { select: { user: { select: { email: true } } } },
      entries: { select: { completionId: true, tier: true } },
    },
  });
  const broken: string[] = [];
  const stored = new Map(rankings.map((ranking) => [ranking.id, ranking]));
  for (const { rankingId, taskId, email, tiers } of confirmed) {
    const found = stored.get(rankingId);
    if (!found) broken.push(`confirmed ranking ${rankingId} is lost`);
    else if (found.slotId !== taskId) broken.push(`ranking ${rankingId} stands at another task`);
    else if (found.labeler.user?.email !== email) broken.push(`ranking ${rankingId} stands under another labeler`);
    else if (orderOf(found.entries) !== orderOf(entriesOf(tiers))) broken.push(`ranking ${rankingId} was changed`);
  }
  if (new Set(confirmed.map(({ rankingId }) => rankingId)).size !== confirmed.length) {
    broken.push("one ranking was confirmed to two submits");
  }
  broken.push(
    ...repeated(
      rankings.map(({ promptId }) => promptId),
      overlap,
      "rankings of prompt",
    ),
  );
  const pairs = rankings.map(({ promptId, labelerId }) => `${promptId} by ${labelerId}`);
  return [...broken, ...repeated(pairs, 1, "rankings of one labeler, prompt")];
}

function entriesOf(tiers: readonly (readonly string[])[]): { completionId: string; tier: number }[] {
  return tiers.flatMap((ids, tier) => ids.map((completionId) => ({ completionId, tier })));
}

function orderOf(entries: readonly { completionId: string; tier: number }[]): string {
  return entries
    .map(({ completionId, tier }) => `${tier} ${completionId}`)
    .sort()
    .join();
}

function repeated(names: readonly string[], most: number, what: string): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > most)
    .map(([name, count]) => `${count} ${what} ${name}, wanted ${most}`);
}
