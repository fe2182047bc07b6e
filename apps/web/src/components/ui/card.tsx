import type { ReactNode } from "react";
import { cx } from "./cx";

/** A raised surface; with `title`, a section with its heading and, at the right of it, its actions. */
export function Card({
  title,
  actions,
  className,
  children,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className={cx("rounded-lg border bg-raised", className)}>
      {title || actions ? (
        <header className="flex min-h-12 flex-wrap items-center gap-2 border-b px-4 py-2">
          <h2 className="min-w-0 flex-1 text-base font-semibold">{title}</h2>
          {actions}
        </header>
      ) : null}
      <div className="p-4">{children}</div>
    </section>
  );
}
