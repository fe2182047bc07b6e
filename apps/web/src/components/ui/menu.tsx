"use client";

import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { cx } from "./cx";

/** A menu behind `trigger` (any button element). */
export function Menu({
  trigger,
  align = "end",
  children,
}: {
  trigger: ReactElement;
  align?: "start" | "center" | "end";
  children: ReactNode;
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none" sideOffset={4} align={align}>
          <Base.Popup className="max-w-80 min-w-44 rounded-lg border bg-raised p-1 shadow-float outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const item =
  "flex w-full cursor-default items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none select-none data-highlighted:bg-sunken data-disabled:opacity-50 hit";

export function MenuItem({
  icon,
  hint,
  tone = "plain",
  onSelect,
  disabled,
  children,
}: {
  icon?: ReactNode;
  /** A key or a remark at the right edge. */
  hint?: ReactNode;
  tone?: "plain" | "bad";
  onSelect: () => void;
  disabled?: boolean | undefined;
  children: ReactNode;
}) {
  return (
    <Base.Item onClick={onSelect} disabled={disabled ?? false} className={cx(item, tone === "bad" && "text-bad")}>
      <span className="grid w-4 shrink-0 place-items-center text-faint">{icon}</span>
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hint ? <span className="text-xs text-faint">{hint}</span> : null}
    </Base.Item>
  );
}

/** Exactly one of `options` is on. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly { readonly value: Value; readonly label: string }[];
  onChange: (value: Value) => void;
}) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 eyebrow">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
        {options.map((option) => (
          <Base.RadioItem key={option.value} value={option.value} className={item} closeOnClick={false}>
            <span className="grid w-4 shrink-0 place-items-center">
              <Base.RadioItemIndicator className="size-2 rounded-full bg-accent" />
            </span>
            {option.label}
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />;
}

/** Words in a menu that do nothing, such as who is signed in. */
export function MenuNote({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1.5 text-xs text-faint">{children}</div>;
}
