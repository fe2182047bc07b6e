"use client";

import { lazy, memo, Suspense, useMemo } from "react";
import { hasMathematics } from "./mathematics";
import { PlainMarkdown } from "./plain-markdown";

const MathMarkdown = lazy(() => import("./math-markdown"));

/**
 * Text of people and models as GitHub Markdown: no raw HTML, no remote images, links in a new tab. KaTeX is fetched
 * only for text with mathematics, Shiki only for fenced code of a language that it knows.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const mathematics = useMemo(() => hasMathematics(text), [text]);
  if (!mathematics) return <PlainMarkdown text={text} />;
  return (
    <Suspense fallback={<PlainMarkdown text={text} />}>
      <MathMarkdown text={text} />
    </Suspense>
  );
});
