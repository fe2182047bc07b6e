/**
 * Who may import whom, file by file. `turbo boundaries` checks what a package may depend on, through others too;
 * here stand the rules about direct imports, and that no file goes in a circle.
 */
const layers = {
  preferences: [],
  datasets: ["preferences"],
  tensor: [],
  transformer: ["tensor", "preferences"],
  "reward-model": ["preferences", "tensor", "transformer"],
  database: ["preferences"],
  queue: ["preferences"],
  storage: [],
  web: ["database", "queue", "datasets", "storage", "preferences"],
  worker: ["database", "queue", "datasets", "storage", "reward-model", "preferences"],
  scorer: ["database", "storage", "reward-model", "preferences"],
  cli: ["datasets", "reward-model", "preferences"],
};

const apps = ["web", "worker", "scorer", "cli"];
const folderOf = (name) => `${apps.includes(name) ? "apps" : "packages"}/${name}/`;

/** `from` may reach only itself and the rooms of its row. */
const keepsToItsLayer = ([name, allowed]) => ({
  name: `${name}-keeps-to-its-layer`,
  comment: `${name} may import ${allowed.length ? allowed.join(", ") : "no other room"}.`,
  severity: "error",
  from: { path: `^${folderOf(name)}src/` },
  to: { path: "^(apps|packages)/[^/]+/", pathNot: [name, ...allowed].map((room) => `^${folderOf(room)}`) },
});

/** A library with one door: only these folders may import it. */
const onlyThrough = (library, doors) => ({
  name: `${library}-only-through-its-door`,
  severity: "error",
  from: { path: "^(apps|packages)/[^/]+/src/", pathNot: doors.map((door) => `^${door}`) },
  to: { path: `^node_modules/${library}/` },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      comment: "Two files that need each other are one file, or hide a third.",
      severity: "error",
      from: { pathNot: "/generated/" },
      to: { circular: true },
    },
    ...Object.entries(layers).map(keepsToItsLayer),
    onlyThrough("onnxruntime-node", ["packages/tensor/"]),
    onlyThrough("bullmq", ["packages/queue/"]),
    onlyThrough("@prisma", ["packages/database/"]),
    {
      name: "source-does-not-import-tests",
      severity: "error",
      from: { path: "^(apps|packages)/[^/]+/src/" },
      to: { path: "^((apps|packages)/[^/]+/test|e2e|bench)/" },
    },
    {
      name: "everything-resolves",
      severity: "error",
      from: { pathNot: "/generated/" },
      to: { couldNotResolve: true, pathNot: "\\.css$" },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API to parse with; swc reads the same syntax.
    parser: "swc",
    doNotFollow: { path: ["node_modules", "/generated/"] },
    exclude: { path: "^(apps|packages)/[^/]+/(dist|\\.next)/" },
    combinedDependencies: true,
    webpackConfig: { fileName: ".dependency-cruiser.resolve.cjs" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
    },
  },
};
