import type { CompletionId } from "@borda/preferences";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { formatDuration } from "@/components/ui/numbers";
import { RelativeTime } from "@/components/ui/relative-time";
import type { PromptStory } from "../views";

type Letters = ReadonlyMap<CompletionId, string>;

/** Who ranked the prompt how: rankings made here, those that came with a file, and who passed it over. */
export function PromptRankings({ story, letters }: { story: PromptStory; letters: Letters }) {
  const made = story.rankings.filter(({ imported }) => !imported);
  const imported = story.rankings.filter((ranking) => ranking.imported);
  return (
    <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-16 lg:self-start">
      <Card title="Ranked here">
        {made.length === 0 ? <p className="text-soft">Nobody has ranked this prompt here yet.</p> : null}
        <RankingList rankings={made} letters={letters} />
      </Card>
      {imported.length > 0 ? (
        <Card title="Imported rankings">
          <RankingList rankings={imported} letters={letters} />
        </Card>
      ) : null}
      {story.skips.length > 0 ? (
        <Card title="Skipped">
          <ul className="flex flex-col gap-2">
            {story.skips.map(({ labeler, reason, note }) => (
              <li key={labeler}>
                <span className="font-medium">{labeler}</span> <span className="text-soft">{reason}</span>
                {note ? <p className="text-faint">{note}</p> : null}
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </div>
  );
}

function RankingList({ rankings, letters }: { rankings: PromptStory["rankings"]; letters: Letters }) {
  return (
    <ul className="flex flex-col gap-4">
      {rankings.map((ranking) => (
        <li key={ranking.id}>
          <div className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="font-medium">{ranking.labeler}</span>
            <span className="text-xs text-faint">
              {ranking.secondsSpent === null ? null : `${formatDuration(ranking.secondsSpent)}, `}
              <RelativeTime at={ranking.createdAt} />
            </span>
          </div>
          <Tiers ranking={ranking} letters={letters} />
        </li>
      ))}
    </ul>
  );
}

/** Tiers best first, tied letters together, with the line below which everything is unacceptable. */
function Tiers({ ranking, letters }: { ranking: PromptStory["rankings"][number]; letters: Letters }) {
  const { tiers, unacceptableFrom } = ranking;
  const line = (
    <li className="my-0.5 flex items-center gap-2 text-xs text-bad">
      <span className="h-px flex-1 bg-bad" aria-hidden />
      unacceptable from here down
      <span className="h-px flex-1 bg-bad" aria-hidden />
    </li>
  );
  const left = [...letters].filter(([id]) => !tiers.some((tier) => tier.includes(id))).map(([, letter]) => letter);
  return (
    <ol className="mt-1.5 flex flex-col gap-1">
      {tiers.map((tier, rank) => (
        <Tier key={tier.join(" ")} rank={rank} before={rank === unacceptableFrom ? line : null}>
          {tier.map((id) => letters.get(id)!)}
        </Tier>
      ))}
      {unacceptableFrom === tiers.length ? line : null}
      {left.length > 0 ? <li className="text-xs text-faint">not ranked: {left.join(", ")}</li> : null}
    </ol>
  );
}

function Tier({ rank, before, children }: { rank: number; before: ReactNode; children: readonly string[] }) {
  return (
    <>
      {before}
      <li className="flex items-center gap-2">
        <span className="w-5 text-right text-xs text-faint tabular-nums">{rank + 1}</span>
        {children.map((letter) => (
          <span key={letter} className="min-w-6 rounded border bg-canvas px-1.5 text-center font-semibold">
            {letter}
          </span>
        ))}
        {children.length > 1 ? <span className="text-xs text-faint">tied</span> : null}
      </li>
    </>
  );
}
