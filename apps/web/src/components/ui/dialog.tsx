"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { IconButton } from "./button";
import { cx } from "./cx";

const widths = { sm: "max-w-md", md: "max-w-xl", lg: "max-w-4xl", xl: "max-w-6xl" } as const;

/**
 * A modal dialog, controlled by `open`. Escape and the backdrop close it; focus returns to where it was. It begins at the
 * element marked data-autofocus, else at the dialog itself.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  width = "sm",
  actions,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  width?: keyof typeof widths;
  /** Buttons of the foot, the main one last. */
  actions?: ReactNode;
  children?: ReactNode;
}) {
  const popup = useRef<HTMLDivElement>(null);
  return (
    <Base.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          ref={popup}
          initialFocus={() => popup.current?.querySelector<HTMLElement>("[data-autofocus]") ?? popup.current}
          className={cx(
            "fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2",
            "flex-col rounded-lg border bg-raised shadow-float outline-none transition-[opacity,scale] duration-150",
            "data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0",
            widths[width],
          )}
        >
          <div className="flex items-start gap-3 px-5 pt-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="text-lg font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="mt-1 text-soft">{description}</Base.Description> : null}
            </div>
            <Base.Close
              render={
                <IconButton label="Close" className="-mt-0.5 -mr-2">
                  <X size={16} aria-hidden />
                </IconButton>
              }
            />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {actions ? <div className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{actions}</div> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
