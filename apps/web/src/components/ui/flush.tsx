import type { ReactNode } from "react";

/** A table inside a card that reaches the card's edges, its text in line with the card's title. */
export function Flush({ children }: { children: ReactNode }) {
  return <div className="-mx-4 -my-2 [&_tr>*:first-child]:pl-4 [&_tr>*:last-child]:pr-4">{children}</div>;
}
