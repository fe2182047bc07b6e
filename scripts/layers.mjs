// node scripts/layers.mjs FOLDER...: dependency-cruiser with the rules of .dependency-cruiser.cjs. TypeScript 7 has no
// JavaScript API that it could parse with, and its way of calling swc leaves JSX out; here swc is told of it.
import swc from "@swc/core";

const { parseFileSync } = swc;
Object.assign(swc, {
  parseFileSync: (/** @type {string} */ path, /** @type {object} */ options) =>
    parseFileSync(path, { ...options, syntax: "typescript", tsx: path.endsWith("x") }),
});

// Its command line, which reads process.argv.
const commandLine = "dependency-cruiser/bin/dependency-cruise.mjs";
await import(import.meta.resolve(`../node_modules/${commandLine}`));
