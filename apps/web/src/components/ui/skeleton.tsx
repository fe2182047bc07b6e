import { cx } from "./cx";

/** The shape of what is coming; give it that shape's size by `className`. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cx("animate-pulse rounded-md bg-sunken", className)} />;
}
