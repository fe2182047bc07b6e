"use client";

import { type ReactNode, useId } from "react";

/** One of a few ways, each with what it means; what belongs to the chosen one opens beneath it. */
export function Choice<Value extends string>({
  legend,
  value,
  options,
  onChange,
}: {
  legend: string;
  value: Value;
  options: readonly {
    readonly value: Value;
    readonly title: string;
    readonly note: string;
    readonly fields?: ReactNode;
  }[];
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="sr-only">{legend}</legend>
      {options.map((option) => (
        <div key={option.value}>
          <label className="flex cursor-pointer items-start gap-2.5 hit">
            <input
              type="radio"
              name={name}
              className="mt-1"
              checked={value === option.value}
              onChange={() => onChange(option.value)}
            />
            <span>
              <span className="font-medium">{option.title}</span>
              <span className="block text-xs text-faint">{option.note}</span>
            </span>
          </label>
          {value === option.value && option.fields ? <div className="mt-3 ml-6">{option.fields}</div> : null}
        </div>
      ))}
    </fieldset>
  );
}
