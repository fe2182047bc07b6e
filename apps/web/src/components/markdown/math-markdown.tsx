"use client";

import rehypeKatex from "rehype-katex";
import remarkMath from "remark-math";
import { normaliseMathematics } from "./mathematics";
import { PlainMarkdown } from "./plain-markdown";
import "katex/dist/katex.min.css";

/** Markdown with mathematics. KaTeX runs after the sanitiser; a formula with an error shows its source. */
export default function MathMarkdown({ text }: { text: string }) {
  return (
    <PlainMarkdown
      text={normaliseMathematics(text)}
      remarkPlugins={[[remarkMath, { singleDollarTextMath: false }]]}
      rehypePlugins={[[rehypeKatex, { throwOnError: false, trust: false, maxExpand: 200, maxSize: 20 }]]}
    />
  );
}
