import { defineConfig } from "prisma/config";

/** For Prisma's own commands. The application never runs them: it migrates with src/migrate.ts and connects with an adapter. */
export default defineConfig({
  schema: "../../prisma/schema.prisma",
  migrations: { path: "../../prisma/migrations" },
});
