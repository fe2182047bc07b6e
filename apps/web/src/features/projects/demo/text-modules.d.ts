/** Files that the build takes in as text: `import text from "./file" with { turbopackModuleType: "text" }`. */
declare module "*.jsonl" {
  const text: string;
  export default text;
}
declare module "*.md" {
  const text: string;
  export default text;
}
