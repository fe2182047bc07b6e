"use client";

import { useEffect, useState } from "react";
import type { HighlightedLine } from "./highlight";
import { languageNamed } from "./languages";

/** Fenced code, at once as plain text; coloured when Shiki has been fetched. Nothing moves between the two. */
export function CodeBlock({ code, language }: { code: string; language: string | null }) {
  const [lines, setLines] = useState<readonly HighlightedLine[] | null>(null);
  const known = languageNamed(language);
  useEffect(() => {
    if (!known) return;
    let current = true;
    import("./highlight")
      .then(({ highlight }) => highlight(code, known))
      .then((result) => current && setLines(result))
      // Without colours the code still reads: a lost connection here is no error of the reader's.
      .catch((error: unknown) => console.warn("Code stays without colours.", error));
    return () => {
      current = false;
    };
  }, [code, known]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long code scrolls sideways, and the keyboard must reach it.
    <pre tabIndex={0}>
      <code>{lines ? lines.map((line) => <Line key={line.number} line={line} />) : code}</code>
    </pre>
  );
}

function Line({ line }: { line: HighlightedLine }) {
  return (
    <>
      {line.spans.map(({ offset, text, style }) => (
        <span key={offset} style={style}>
          {text}
        </span>
      ))}
      {"\n"}
    </>
  );
}
