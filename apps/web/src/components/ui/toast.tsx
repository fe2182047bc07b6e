"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { CircleCheck, Info, TriangleAlert, X } from "lucide-react";
import { failureOf } from "@/trpc/failure";
import { IconButton } from "./button";

const manager = Base.createToastManager();

/** Short notices, announced politely (errors at once). The cause of an error is shown beside it as well. */
export const toast = {
  done: (title: string) => manager.add({ title, type: "done", timeout: 4_000 }),
  note: (title: string, description?: string) => manager.add({ title, description, type: "note", timeout: 6_000 }),
  error: (error: unknown) =>
    manager.add({ title: failureOf(error).message, type: "error", priority: "high", timeout: 10_000 }),
};

const icons = {
  done: <CircleCheck size={16} aria-hidden className="text-good" />,
  note: <Info size={16} aria-hidden className="text-accent" />,
  error: <TriangleAlert size={16} aria-hidden className="text-bad" />,
} as const;

export function Toaster() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-16 z-60 flex w-[min(22rem,calc(100vw-2rem))] flex-col gap-2 outline-none">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => (
    <Base.Root
      key={item.id}
      toast={item}
      className="rounded-lg border bg-raised shadow-float transition-opacity duration-200 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-start gap-2 p-3">
        <span className="mt-0.5">{icons[item.type as keyof typeof icons]}</span>
        <div className="min-w-0 flex-1">
          <Base.Title className="font-medium" />
          <Base.Description className="text-soft" />
        </div>
        <Base.Close
          render={
            <IconButton label="Dismiss" size="sm" className="-my-1 -mr-1">
              <X size={14} aria-hidden />
            </IconButton>
          }
        />
      </Base.Content>
    </Base.Root>
  ));
}
