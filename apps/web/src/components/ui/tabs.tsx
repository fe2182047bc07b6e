"use client";

import { Tabs as Base } from "@base-ui/react/tabs";
import type { ReactNode } from "react";

export interface Tab {
  readonly value: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

/** Panels behind tabs; arrow keys move between them. Controlled with `value` and `onChange`, else by itself. */
export function Tabs({
  tabs,
  label,
  value,
  onChange,
}: {
  tabs: readonly Tab[];
  /** What the tabs choose between, for screen readers. */
  label: string;
  value?: string;
  onChange?: (value: string) => void;
}) {
  const control =
    value === undefined
      ? { defaultValue: tabs[0]?.value ?? "" }
      : { value, onValueChange: (v: string) => onChange?.(v) };
  return (
    <Base.Root {...control}>
      <Base.List aria-label={label} className="relative flex gap-4 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Base.Tab
            key={tab.value}
            value={tab.value}
            className="-mb-px border-b-2 border-transparent px-0.5 py-2 font-medium whitespace-nowrap text-soft outline-offset-0! hover:text-ink data-active:border-accent data-active:text-ink hit"
          >
            {tab.label}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Panel key={tab.value} value={tab.value} className="pt-4">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
