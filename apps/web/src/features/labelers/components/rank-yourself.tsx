"use client";

import type { ProjectId } from "@borda/preferences";
import { useMutation } from "@tanstack/react-query";
import { ListOrdered } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useTRPC } from "@/trpc/client";

/** Makes the admin a labeler of the project, and leads to the first task. */
export function RankYourself({ projectId }: { projectId: ProjectId }) {
  const trpc = useTRPC();
  const router = useRouter();
  const join = useMutation(
    trpc.labelers.join.mutationOptions({
      onSuccess: () => router.push(`/label/${projectId}`),
      onError: (error) => toast.error(error),
    }),
  );
  return (
    <Button disabled={join.isPending || join.isSuccess} onClick={() => join.mutate({ projectId })}>
      <ListOrdered size={16} aria-hidden /> Rank yourself
    </Button>
  );
}
