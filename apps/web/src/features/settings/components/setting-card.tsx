import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/error-note";

/** Settings that are saved together. `change` is what to save: nothing while something in the form is wrong. */
export function SettingCard<Change>({
  title,
  save,
  change,
  children,
}: {
  title: string;
  save: Pick<UseMutationResult<unknown, unknown, Change>, "mutate" | "isPending" | "error">;
  change: Change | undefined;
  children: ReactNode;
}) {
  return (
    <Card title={title}>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (change !== undefined) save.mutate(change);
        }}
      >
        {children}
        <ErrorNote error={save.error} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" disabled={save.isPending || change === undefined}>
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
}
