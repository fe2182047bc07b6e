import type { CheckpointId, ProjectId } from "@borda/preferences";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";
import { shortId } from "./views";

/** The two ways to change what is served. Both can be undone by the other. */
export function usePublishing(projectId: ProjectId) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries(trpc.checkpoints.shelf.queryFilter({ projectId })),
      queries.invalidateQueries(trpc.overview.get.queryFilter({ projectId })),
    ]);
  const onSuccess = async ({ checkpointId }: { checkpointId: CheckpointId }) => {
    await refresh();
    toast.done(`${shortId(checkpointId)} is served now`);
  };
  const publish = useMutation(trpc.checkpoints.publish.mutationOptions({ onSuccess }));
  const rollBack = useMutation(trpc.checkpoints.rollBack.mutationOptions({ onSuccess }));
  return { publish, rollBack };
}
