import { router } from "@/server/trpc";
import { cancelImport } from "./cancel-import";
import { getImport } from "./get-import";
import { listImports } from "./list-imports";
import { listIssues } from "./list-issues";

export const importsRouter = router({ list: listImports, get: getImport, cancel: cancelImport, issues: listIssues });
