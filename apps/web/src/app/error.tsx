"use client";

import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** A page failed while rendering. The server's log has the details under the digest. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center p-6">
      <EmptyState title="This page could not be shown" action={<Button onClick={reset}>Try again</Button>}>
        Nothing you did was lost.{error.digest ? ` The server's log has the details under ${error.digest}.` : ""}
      </EmptyState>
    </main>
  );
}
