import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";

/** A table that scrolls sideways by itself when the page is narrow. `caption` names it for screen readers. */
export function Table({ caption, children, className }: { caption: string; children: ReactNode; className?: string }) {
  return (
    <div className={cx("relative overflow-x-auto", className)}>
      <table className="w-full border-collapse text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </div>
  );
}

type Align = "text" | "number";
const aligned = (align: Align) => (align === "number" ? "text-right tabular-nums" : "text-left");

export function Th({ align = "text", className, ...props }: Omit<ComponentProps<"th">, "align"> & { align?: Align }) {
  return (
    <th
      scope="col"
      className={cx("border-b px-3 py-2 whitespace-nowrap eyebrow", aligned(align), className)}
      {...props}
    />
  );
}

export function Td({ align = "text", className, ...props }: Omit<ComponentProps<"td">, "align"> & { align?: Align }) {
  return <td className={cx("border-b px-3 py-2 align-top", aligned(align), className)} {...props} />;
}

export function Tr({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cx("hover:bg-canvas last:*:border-b-0", className)} {...props} />;
}
