"use client";

import { useEffect, useState } from "react";

const steps = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

/** "3 min. ago"; the absolute time in the reader's own zone on hover. Keeps itself current. */
export function RelativeTime({ at }: { at: Date }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return (
    // The server's clock and zone may differ from the reader's; the browser has the last word.
    <time
      dateTime={at.toISOString()}
      title={absolute.format(at)}
      suppressHydrationWarning
      className="whitespace-nowrap"
    >
      {sayRelative((at.getTime() - now) / 1000)}
    </time>
  );
}

/** Seconds from now (negative: past) in words. */
export function sayRelative(seconds: number): string {
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return seconds > 10
    ? relative.format(Math.trunc(seconds), "second")
    : seconds < -10
      ? "less than a minute ago"
      : "now";
}
