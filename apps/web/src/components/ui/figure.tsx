import type { ReactNode } from "react";
import { cx } from "./cx";

/** A number that answers something: its name, its value with unit, and its interval or a remark beneath. */
export function Figure({
  label,
  value,
  unit,
  interval,
  note,
  size = "lg",
}: {
  label: ReactNode;
  /** Already formatted; null shows a dash. */
  value: string | null;
  unit?: string;
  /** The ends of a 95 % interval, already formatted. */
  interval?: readonly [string, string] | undefined;
  note?: ReactNode;
  size?: "lg" | "xl";
}) {
  return (
    <div className="flex min-w-0 flex-col">
      <span className="eyebrow">{label}</span>
      <span className={cx("font-semibold tabular-nums", size === "xl" ? "text-xl" : "text-lg")}>
        {value ?? "–"}
        {unit && value !== null ? <span className="ml-1 text-sm font-normal text-faint">{unit}</span> : null}
      </span>
      {interval ? (
        <span className="text-xs text-faint tabular-nums">
          95 %: {interval[0]} to {interval[1]}
        </span>
      ) : null}
      {note ? <span className="text-xs text-faint">{note}</span> : null}
    </div>
  );
}
