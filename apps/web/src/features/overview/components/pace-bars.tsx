import Link from "next/link";
import { formatCount } from "@/components/ui/numbers";
import type { OverviewView } from "../views";

const dayName = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", timeZone: "UTC" });

/** Rankings a day over the last two weeks, as bars. */
export function PaceBars({ pace, labelers, href }: { pace: OverviewView["pace"]; labelers: number; href: string }) {
  const most = Math.max(1, ...pace.map(({ rankings }) => rankings));
  const sum = pace.reduce((total, { rankings }) => total + rankings, 0);
  const say = ({ day, rankings }: OverviewView["pace"][number]) =>
    `${dayName.format(new Date(day))}: ${formatCount(rankings)} ${rankings === 1 ? "ranking" : "rankings"}`;
  return (
    <div className="mt-5">
      <div className="flex items-baseline justify-between gap-3">
        <span className="eyebrow">Rankings made, last 14 days</span>
        <Link href={href} className="rounded text-xs text-accent hover:underline">
          {formatCount(labelers)} {labelers === 1 ? "labeler" : "labelers"}
        </Link>
      </div>
      <ol className="mt-2 flex h-16 items-end gap-1">
        {pace.map((day) => (
          <li key={day.day} title={say(day)} className="flex h-full flex-1 flex-col justify-end">
            <span className="sr-only">{say(day)}</span>
            <span
              aria-hidden
              className={`block rounded-t-xs ${day.rankings > 0 ? "bg-accent" : "bg-line"}`}
              style={{ height: day.rankings > 0 ? `${Math.max(6, (day.rankings / most) * 100)}%` : "2px" }}
            />
          </li>
        ))}
      </ol>
      <p className="mt-1 flex justify-between text-xs text-faint">
        <span>{pace[0] ? dayName.format(new Date(pace[0].day)) : null}</span>
        <span>{sum === 0 ? "none yet" : `${formatCount(sum)} in all`}</span>
        <span>today</span>
      </p>
    </div>
  );
}
