"use client";

import type { ProjectId } from "@borda/preferences";
import { Download } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "@/components/ui/button";
import { Choice } from "@/components/ui/choice";
import { Dialog } from "@/components/ui/dialog";
import { type ExportKind, exportAddress } from "../views";

/** Takes the project's rankings away as a file: which one, and of which prompts, is asked first. */
export function ExportButton({ projectId, disabled }: { projectId: ProjectId; disabled: boolean }) {
  const [open, setOpen] = useState(false);
  const [as, setAs] = useState<ExportKind>("borda");
  const [ranked, setRanked] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <Button disabled={disabled} onClick={() => setOpen(true)}>
        <Download size={16} aria-hidden /> Export
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title="Export"
        description="What people ranked in this project, as it stands now, whatever the table shows."
        actions={
          <a
            className={buttonClass("primary")}
            href={exportAddress(projectId, as, as === "borda" && ranked)}
            download
            onClick={close}
          >
            <Download size={16} aria-hidden /> Download
          </a>
        }
      >
        <Choice
          legend="Which file"
          value={as}
          onChange={setAs}
          options={[
            {
              value: "borda",
              title: "Rankings, Borda JSON Lines",
              note: "Every prompt with its completions, and a line for each ranking. Another project imports it and has the same; here it adds nothing.",
              fields: (
                <label className="flex cursor-pointer items-center gap-2.5 hit">
                  <input type="checkbox" checked={ranked} onChange={(event) => setRanked(event.target.checked)} />
                  Ranked prompts only
                </label>
              ),
            },
            {
              value: "comparisons",
              title: "Comparisons, chosen and rejected",
              note: "A line for each pair that a labeler put into different tiers, as TRL, OpenRLHF and Axolotl read preferences. Ties give no line.",
            },
          ]}
        />
        <p className="mt-4 text-xs text-faint">
          Both name the labelers: members by their name and the end of their id, so that two of one name stay two.
        </p>
      </Dialog>
    </>
  );
}
