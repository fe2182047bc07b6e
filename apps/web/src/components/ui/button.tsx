import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md";

const base =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none " +
  "transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 hit";
const sizes: Record<ButtonSize, string> = { sm: "h-7 px-2 text-xs", md: "h-8 px-3 text-sm" };
const variants: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent enabled:hover:bg-accent-strong [a&]:hover:bg-accent-strong",
  secondary: "border-edge bg-raised text-ink enabled:hover:bg-sunken [a&]:hover:bg-sunken",
  quiet:
    "border-transparent bg-transparent text-soft enabled:hover:bg-sunken enabled:hover:text-ink [a&]:hover:bg-sunken",
  danger: "border-bad bg-raised text-bad enabled:hover:bg-bad-wash",
};

/** The look of a button, for what must be another element. */
export function buttonClass(variant: ButtonVariant = "secondary", size: ButtonSize = "md", className?: string): string {
  return cx(base, sizes[size], variants[variant], className);
}

interface Look {
  variant?: ButtonVariant | undefined;
  size?: ButtonSize | undefined;
}

export function Button({ variant, size, className, type = "button", ...props }: ComponentProps<"button"> & Look) {
  return <button type={type} className={buttonClass(variant, size, className)} {...props} />;
}

/** A link that looks like a button. */
export function LinkButton({ variant, size, className, ...props }: ComponentProps<typeof Link> & Look) {
  return <Link className={buttonClass(variant, size, className)} {...props} />;
}

/** A square button with an icon only; `label` is its name for screen readers and its tooltip. */
export function IconButton({
  label,
  variant = "quiet",
  size = "md",
  className,
  children,
  ...props
}: Omit<ComponentProps<"button">, "aria-label" | "title"> & Look & { label: string; children: ReactNode }) {
  return (
    <Button
      variant={variant}
      size={size}
      aria-label={label}
      title={label}
      className={cx("px-0!", size === "sm" ? "w-7" : "w-8", "pointer-coarse:w-11", className)}
      {...props}
    >
      {children}
    </Button>
  );
}
