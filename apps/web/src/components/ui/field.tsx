"use client";

import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

const control =
  "w-full rounded-md border border-edge bg-raised px-2.5 text-ink transition-colors duration-100 " +
  "hover:border-soft disabled:cursor-not-allowed disabled:opacity-60 data-invalid:border-bad aria-invalid:border-bad";

/** A labelled control with its description and its error next to it, tied together for screen readers. */
export function Field({
  label,
  description,
  error,
  className,
  children,
}: {
  label: ReactNode;
  description?: ReactNode;
  error?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    <Base.Root invalid={Boolean(error)} className={cx("flex flex-col gap-1", className)}>
      <Base.Label className="text-sm font-medium">{label}</Base.Label>
      {children}
      {description ? <Base.Description className="text-xs text-faint">{description}</Base.Description> : null}
      {error ? (
        <Base.Error match className="text-xs text-bad">
          {error}
        </Base.Error>
      ) : null}
    </Base.Root>
  );
}

export function Input({
  className,
  ...props
}: ComponentProps<typeof Base.Control> & { className?: string | undefined }) {
  return <Base.Control className={cx(control, "h-8 text-sm hit pointer-coarse:text-base", className)} {...props} />;
}

export function Textarea({ className, rows = 4, ...props }: ComponentProps<"textarea">) {
  return (
    <Base.Control
      render={<textarea rows={rows} {...props} />}
      className={cx(control, "py-1.5 text-sm leading-5 pointer-coarse:text-base", className)}
    />
  );
}

/** The platform's own select: it works with keyboard, touch and screen readers as people know it. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <Base.Control
      render={<select {...props}>{children}</select>}
      className={cx(control, "h-8 text-sm hit pointer-coarse:text-base", className)}
    />
  );
}
