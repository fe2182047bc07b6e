import type { CSSProperties } from "react";
import { createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { type Language, languages } from "./languages";

export interface HighlightedLine {
  readonly number: number;
  readonly spans: readonly { readonly offset: number; readonly text: string; readonly style: CSSProperties }[];
}

let highlighter: ReturnType<typeof createHighlighterCore> | undefined;

/** Colours code, for light and dark at once. Grammars are fetched when their language is first met. */
export async function highlight(code: string, language: Language): Promise<HighlightedLine[]> {
  highlighter ??= createHighlighterCore({
    themes: [import("shiki/themes/github-light-default.mjs"), import("shiki/themes/github-dark-default.mjs")],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const shiki = await highlighter;
  await shiki.loadLanguage(languages[language]());
  const { tokens } = shiki.codeToTokens(code.replace(/\n$/, ""), {
    lang: language,
    themes: { light: "github-light-default", dark: "github-dark-default" },
    defaultColor: "light-dark()",
  });
  return tokens.map((line, number) => ({
    number,
    spans: line.map(({ content, offset, htmlStyle }) => ({
      offset,
      text: content,
      style: (htmlStyle ?? {}) as CSSProperties,
    })),
  }));
}
