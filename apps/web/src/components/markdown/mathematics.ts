/** Finding mathematics in Markdown, before anything of KaTeX is loaded. */

// Code (fenced or inline) is left alone: it is matched first and given back as it is.
const code = /(```[\s\S]*?(?:```|$)|~~~[\s\S]*?(?:~~~|$)|`+[^`]*`+)/;
const display = /\\\[([\s\S]+?)\\\]/g;
const inline = /\\\(([\s\S]+?)\\\)/g;
// Pandoc's rule: no space inside the dollars, no digit after them. So "$5 and $10" stays money.
const dollars = /(?<![\\$])\$(?![\s$])((?:\\.|[^$\\\n])*?(?:\\.|[^\s$\\]))\$(?![\d$])/g;

/**
 * Rewrites every notation of mathematics that language models use, \( \), \[ \] and $ $, to the one that remark-math
 * reads without ambiguity, $$ $$. Example: "so \(x^2\)" becomes "so $$x^2$$".
 */
export function normaliseMathematics(text: string): string {
  return text
    .split(code)
    .map((part, i) =>
      i % 2 === 1
        ? part
        : part
            .replace(display, (_, body: string) => `\n\n$$\n${body.trim()}\n$$\n\n`)
            .replace(inline, (_, body: string) => `$$${body.trim()}$$`)
            .replace(dollars, (_, body: string) => `$$${body}$$`),
    )
    .join("");
}

/** Whether `text` has anything that only KaTeX can show. */
export function hasMathematics(text: string): boolean {
  return text
    .split(code)
    .some(
      (part, i) =>
        i % 2 === 0 && (part.includes("$$") || [display, inline, dollars].some((rule) => part.search(rule) >= 0)),
    );
}
