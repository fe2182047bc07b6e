import type { ReactNode } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { Field, Input } from "@/components/ui/field";
import { RelativeTime } from "@/components/ui/relative-time";

/** A link that is shown this once, to be copied; `children` go on after its expiry. */
export function ShownLink({ link, expiresAt, children }: { link: string; expiresAt: Date; children?: ReactNode }) {
  return (
    <div className="flex flex-col gap-3">
      <Field label="Link">
        <Input readOnly value={link} className="font-mono" onFocus={(event) => event.target.select()} />
      </Field>
      <div className="flex items-center justify-between gap-3">
        <span className="text-xs text-faint">
          expires <RelativeTime at={expiresAt} />
          {children}
        </span>
        <CopyButton text={link} label="Copy the link" />
      </div>
    </div>
  );
}
