"use client";

import { useEffect, useRef } from "react";
import { Card } from "@/components/ui/card";
import { cx } from "@/components/ui/cx";
import type { RunView } from "../run-view";

const clock = new Intl.DateTimeFormat("en", { timeStyle: "medium", hour12: false });
const SHOWN = 500;
const tones = { info: "", warn: "text-warn", error: "text-bad" } as const;

/** The run's words, newest at the end; it follows along unless the reader has scrolled up. */
export function RunLog({ log }: { log: RunView["log"] }) {
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when the log has grown.
  useEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log.length]);
  return (
    <Card title="Log">
      <div
        ref={box}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long log scrolls, and the keyboard must reach it.
        tabIndex={0}
        aria-label="Log of the run"
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
        className="-m-2 max-h-72 overflow-auto rounded p-2 font-mono text-xs leading-5"
      >
        {log.length === 0 ? <p className="text-faint">Nothing yet.</p> : null}
        {log.slice(-SHOWN).map(({ id, at, level, message }) => (
          <p key={id} className={cx("break-words", tones[level])}>
            <time dateTime={at.toISOString()} className="mr-2 text-faint" suppressHydrationWarning>
              {clock.format(at)}
            </time>
            {level === "info" ? null : <span className="mr-1 font-semibold">{level}:</span>}
            {message}
          </p>
        ))}
      </div>
    </Card>
  );
}
