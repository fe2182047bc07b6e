"use client";

import { Markdown } from "@/components/markdown/markdown";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { listLetters } from "../letters";
import { stillToRank } from "../ranking-state";
import type { ProjectView, TaskView } from "../server/views";
import { CompareDialog } from "./compare-dialog";
import { letterIn, useDeck } from "./deck";
import { KeysDialog } from "./keys-dialog";
import { SkipDialog } from "./skip-dialog";

export type OpenDialog = "keys" | "guidelines" | "skip" | "flag" | "partial" | "compare" | null;

/** The dialogs of a task; at most one is open. */
export function TaskDialogs({
  open,
  onClose,
  project,
  task,
  onStore,
  onSkipped,
}: {
  open: OpenDialog;
  onClose: () => void;
  project: ProjectView;
  task: TaskView;
  onStore: () => void;
  onSkipped: () => void;
}) {
  return (
    <>
      <KeysDialog open={open === "keys"} onClose={onClose} />
      <Dialog open={open === "guidelines"} onClose={onClose} title="Guidelines" description={project.name} width="md">
        <div className="text-base">
          {project.guidelines.trim() ? <Markdown text={project.guidelines} /> : "This project has no guidelines yet."}
        </div>
      </Dialog>
      {open === "skip" || open === "flag" ? (
        <SkipDialog
          kind={open}
          projectId={project.projectId}
          taskId={task.taskId}
          onClose={onClose}
          onSkipped={onSkipped}
        />
      ) : null}
      <PartialDialog isOpen={open === "partial"} onClose={onClose} onStore={onStore} />
      {open === "compare" ? <CompareDialog onClose={onClose} /> : null}
    </>
  );
}

/** Asks once before a ranking that leaves completions out. */
function PartialDialog({ isOpen, onClose, onStore }: { isOpen: boolean; onClose: () => void; onStore: () => void }) {
  const { state } = useDeck();
  const left = stillToRank(state).map((id) => letterIn(state, id));
  return (
    <Dialog
      open={isOpen}
      onClose={onClose}
      title={`Submit without ${listLetters(left)}?`}
      description={`${left.length === 1 ? "It is" : "They are"} compared with nothing. The others keep the order you gave them.`}
      actions={
        <>
          <Button onClick={onClose}>Go on ranking</Button>
          <Button variant="primary" onClick={onStore} data-autofocus>
            Submit as it is
          </Button>
        </>
      }
    />
  );
}
