import type { ReactNode } from "react";
import { Brand } from "@/components/shell/brand";

/** The frame of the pages before the door: one narrow card. */
export function EntryFrame({ title, lead, children }: { title: ReactNode; lead?: ReactNode; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex justify-center text-base">
          <Brand />
        </div>
        <div className="rounded-lg border bg-raised p-6 shadow-lift">
          <h1 className="text-lg font-semibold">{title}</h1>
          {lead ? <div className="mt-1 text-soft">{lead}</div> : null}
          <div className="mt-4">{children}</div>
        </div>
      </div>
    </main>
  );
}
