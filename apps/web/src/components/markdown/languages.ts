/** Languages that code can be coloured in: name to grammar. One line each; nothing is loaded before it is met. */
export const languages = {
  bash: () => import("shiki/langs/bash.mjs"),
  c: () => import("shiki/langs/c.mjs"),
  csharp: () => import("shiki/langs/csharp.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  java: () => import("shiki/langs/java.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  php: () => import("shiki/langs/php.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  typescript: () => import("shiki/langs/typescript.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
} as const;
export type Language = keyof typeof languages;

// C++'s own grammar weighs 0.7 MB; C's colours it well enough.
const aliases: Record<string, Language> = {
  "c++": "c",
  "c#": "csharp",
  cpp: "c",
  cs: "csharp",
  js: "javascript",
  jsx: "javascript",
  py: "python",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  ts: "typescript",
  tsx: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** The language that a fence means by `name`; null for what cannot be coloured. */
export function languageNamed(name: string | null): Language | null {
  if (name === null) return null;
  if (Object.hasOwn(languages, name)) return name as Language;
  return aliases[name] ?? null;
}
