import type { ProjectId } from "@borda/preferences";
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";

/** What to do when a setting was saved: say so, and let every page that shows it look again. */
export function useSaved(projectId: ProjectId): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async () => {
    toast.done("Saved");
    await Promise.all([
      queries.invalidateQueries(trpc.settings.get.queryFilter({ projectId })),
      queries.invalidateQueries(trpc.training.desk.queryFilter({ projectId })),
      queries.invalidateQueries(trpc.checkpoints.shelf.queryFilter({ projectId })),
    ]);
  };
}
