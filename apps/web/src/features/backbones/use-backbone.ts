import { useMutation } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "@/trpc/client";
import { BackboneSpec, type BackboneView } from "./views";

/** How a source stands, live, and what can be done about it. */
export interface BackboneDesk {
  readonly source: string;
  /** Null while nobody asked for it; undefined while that is not known, or the source names nothing. */
  readonly backbone: BackboneView | null | undefined;
  readonly busy: boolean;
  readonly error: unknown;
  prepare(): void;
  cancel(): void;
}

const TYPING_MS = 300;

/** Follows the source that is typed, once the typing rests. */
export function useBackbone(typed: string): BackboneDesk {
  const trpc = useTRPC();
  const [source, setSource] = useState(typed);
  const [seen, setSeen] = useState<{ source: string; backbone: BackboneView | null }>();
  useEffect(() => {
    const timer = setTimeout(() => setSource(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const named = BackboneSpec.safeParse(source).success;
  const feed = useSubscription(
    trpc.backbones.follow.subscriptionOptions(
      { source },
      { enabled: named, onData: ({ data }) => setSeen({ source, backbone: data.backbone }) },
    ),
  );
  // What they answer is not shown: the feed may have told of something later by then.
  const ask = useMutation(trpc.backbones.ask.mutationOptions());
  const stop = useMutation(trpc.backbones.cancel.mutationOptions());
  const backbone = seen?.source === typed ? seen.backbone : undefined;
  return {
    source: typed,
    backbone,
    busy: ask.isPending || stop.isPending,
    error: ask.error ?? stop.error ?? (feed.status === "error" ? feed.error : null),
    prepare: () => ask.mutate({ source: typed }),
    cancel: () => backbone && stop.mutate({ backboneId: backbone.id }),
  };
}
