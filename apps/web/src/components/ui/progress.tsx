"use client";

import { Progress as Base } from "@base-ui/react/progress";
import { type ReactNode, useId } from "react";

/** How much of something is done: `value` of `max`, or null while that is unknown. `detail` stands at the right. */
export function Progress({
  label,
  value,
  max = 1,
  detail,
}: {
  label: ReactNode;
  value: number | null;
  max?: number;
  detail?: ReactNode;
}) {
  // Base UI gives a bar its name in the browser only; by this it has one in what the server sends.
  const labelId = useId();
  return (
    <Base.Root
      aria-labelledby={labelId}
      value={value}
      max={Math.max(max, Number.MIN_VALUE)}
      className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1"
    >
      <Base.Label id={labelId} className="text-xs text-soft">
        {label}
      </Base.Label>
      <span className="text-xs text-faint tabular-nums">{detail}</span>
      <Base.Track className="col-span-2 h-1.5 overflow-hidden rounded-full bg-sunken">
        <Base.Indicator className="h-full rounded-full bg-accent transition-[width] duration-300 data-indeterminate:w-1/3 data-indeterminate:animate-pulse" />
      </Base.Track>
    </Base.Root>
  );
}
