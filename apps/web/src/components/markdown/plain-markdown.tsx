"use client";

import type { Element, Nodes } from "hast";
import type { ComponentProps } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "./code-block";
import "./markdown.css";

type Plugins = NonNullable<ComponentProps<typeof ReactMarkdown>["remarkPlugins"]>;

/** GitHub's own schema, and the two marks that remark-math leaves for KaTeX. */
const schema = {
  ...defaultSchema,
  attributes: { ...defaultSchema.attributes, code: [["className", /^language-./, "math-inline", "math-display"]] },
} satisfies typeof defaultSchema;

const components: Components = {
  a: ({ node: _, ...props }) => <a {...props} target="_blank" rel="noopener noreferrer nofollow" />,
  // A remote image would tell its server who labels what and when: the reader decides.
  img: ({ src, alt }) => (
    <a href={typeof src === "string" ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      image{alt ? `: ${alt}` : ""}
    </a>
  ),
  pre: ({ node, children }) => {
    const child = node?.children[0];
    if (child?.type !== "element" || child.tagName !== "code") return <pre>{children}</pre>;
    return <CodeBlock code={textOf(child)} language={languageOf(child)} />;
  },
  table: ({ node: _, ...props }) => (
    <div className="table-scroll">
      <table {...props} />
    </div>
  ),
};

/** Markdown without mathematics. The given rehype plugins run after the sanitiser, on clean trees. */
export function PlainMarkdown({
  text,
  remarkPlugins = [],
  rehypePlugins = [],
}: {
  text: string;
  remarkPlugins?: Plugins;
  rehypePlugins?: Plugins;
}) {
  return (
    <div className="markdown">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, ...remarkPlugins]}
        rehypePlugins={[showHtmlAsText, [rehypeSanitize, schema], ...rehypePlugins]}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

/** HTML in a text is shown as it was written, never dropped: a completion is judged by all of its characters. */
function showHtmlAsText() {
  return (tree: Nodes) => visit(tree);
}

function visit(node: Nodes): void {
  if (!("children" in node)) return;
  for (const [i, child] of node.children.entries()) {
    if (child.type === "raw") node.children[i] = { type: "text", value: child.value };
    else visit(child);
  }
}

function textOf(element: Element): string {
  return element.children
    .map((child) => (child.type === "text" ? child.value : child.type === "element" ? textOf(child) : ""))
    .join("");
}

function languageOf(element: Element): string | null {
  const names = element.properties.className;
  const name = Array.isArray(names) ? names.find((entry) => String(entry).startsWith("language-")) : undefined;
  return name === undefined ? null : String(name).slice("language-".length).toLowerCase();
}
