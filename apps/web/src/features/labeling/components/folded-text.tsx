"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Markdown } from "@/components/markdown/markdown";
import { cx } from "@/components/ui/cx";

/** A text that shows 12 lines until it is unfolded. */
export function FoldedText({
  text,
  isUnfolded,
  onToggle,
}: {
  text: string;
  isUnfolded: boolean;
  onToggle: () => void;
}) {
  const window = useRef<HTMLDivElement>(null);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const frame = window.current;
    const content = frame?.firstElementChild;
    if (!frame || !content) return;
    // 12 lines of 22 px and the padding; a last line that would just be cut is shown instead.
    const observer = new ResizeObserver(() => setIsLong(content.getBoundingClientRect().height > 306));
    observer.observe(content);
    return () => observer.disconnect();
  }, []);
  return (
    <div className="relative">
      <div
        ref={window}
        className={cx(
          "overflow-hidden",
          !isUnfolded && "max-h-[306px]",
          isLong && !isUnfolded && "max-h-[280px] mask-[linear-gradient(#000_85%,transparent)]",
        )}
      >
        <div className="px-3 py-2 text-base leading-[1.375rem]">
          <Markdown text={text} />
        </div>
      </div>
      {isLong ? (
        <button
          type="button"
          tabIndex={-1}
          aria-expanded={isUnfolded}
          onClick={onToggle}
          className={cx(
            "flex w-full items-center justify-center gap-1 rounded-b-lg bg-raised py-1 text-xs font-medium text-soft hover:text-ink hit",
            !isUnfolded && "border-t",
          )}
        >
          {isUnfolded ? <ChevronUp size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
          {isUnfolded ? "Fold" : "Unfold"}
        </button>
      ) : null}
    </div>
  );
}
