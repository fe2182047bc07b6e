import type { ReactNode } from "react";

/** A key of the keyboard. */
export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-block min-w-5 rounded border border-edge bg-raised px-1 text-center font-mono text-xs leading-4.5 text-soft">
      {children}
    </kbd>
  );
}
