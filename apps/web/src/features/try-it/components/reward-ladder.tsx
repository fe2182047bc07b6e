import { Badge } from "@/components/ui/badge";
import { formatPercent } from "@/components/ui/numbers";
import { shortId } from "@/features/checkpoints/views";
import { ladderOf } from "../chances";
import type { TrialResult } from "../views";

/** Completions best first, each with its reward as a bar, and between two the chance that people prefer the upper one. */
export function RewardLadder({ result, texts }: { result: TrialResult; texts: readonly string[] }) {
  const rungs = ladderOf(
    result.scores.map((score, index) => ({ ...score, number: index + 1, text: texts[index] ?? "" })),
  );
  return (
    <div className="flex flex-col gap-4">
      <ol className="flex flex-col gap-2">
        {rungs.map(({ number, text, reward, share, tokens, truncated, chanceOverNext }) => (
          <li key={number} className="flex flex-col gap-1">
            <div className="flex items-baseline gap-3">
              <span className="font-semibold whitespace-nowrap">Completion {number}</span>
              <span className="min-w-0 flex-1 truncate text-soft">{text}</span>
              <span className="font-semibold tabular-nums">{signed(reward)}</span>
            </div>
            <div aria-hidden className="h-3 overflow-hidden rounded-sm bg-sunken">
              <div className="h-full bg-accent" style={{ width: `${2 + share * 98}%` }} />
            </div>
            <div className="flex items-center gap-2 text-xs text-faint">
              <span className="tabular-nums">{tokens} tokens</span>
              {truncated ? <Badge tone="warn">cut: longer than the model reads</Badge> : null}
            </div>
            {chanceOverNext === null ? null : (
              <p className="my-1 border-l-2 border-accent pl-3 text-soft">
                <span className="font-semibold text-ink tabular-nums">{formatPercent(chanceOverNext)}</span> that it is
                preferred to the next
              </p>
            )}
          </li>
        ))}
      </ol>
      <p className="border-t pt-3 text-xs text-faint">
        Checkpoint <code className="font-mono">{shortId(result.checkpointId)}</code>. The chance is σ(rᵢ − rⱼ), by the
        Bradley-Terry model. Only differences of rewards mean something: the bars reach from the lowest to the highest.
      </p>
    </div>
  );
}

/** 1.2345 becomes "+1.234". */
function signed(reward: number): string {
  return `${reward < 0 ? "−" : "+"}${Math.abs(reward).toFixed(3)}`;
}
