"use client";

import { useCallback, useReducer, useRef, useState } from "react";
import { toast } from "@/components/ui/toast";
import { useActivity } from "../hooks/use-activity";
import { useFlight } from "../hooks/use-flight";
import { useFocusedCard } from "../hooks/use-focused-card";
import { useKeptDraft } from "../hooks/use-kept-draft";
import { useLease } from "../hooks/use-lease";
import { useRankingKeys } from "../hooks/use-ranking-keys";
import { useSubmission } from "../hooks/use-submission";
import type { PageCommand } from "../keys";
import { type RankingAction, rankingReducer, startRanking, submitCheck } from "../ranking-state";
import type { ProgressView, ProjectView, TaskView } from "../server/views";
import { Announcer } from "./announcer";
import { type Deck, DeckContext } from "./deck";
import { DragBoard } from "./drag-board";
import { FootBar } from "./foot-bar";
import { LeaseNote } from "./lease-note";
import { RankingSide } from "./ranking-side";
import { type Step, StepSwitch } from "./step-switch";
import { TaskBar } from "./task-bar";
import { type OpenDialog, TaskDialogs } from "./task-dialogs";
import { ToRankSide } from "./to-rank-side";

/** One task from first look to submit: prompt and completions at the left, the ranking at the right. */
export function TaskDesk({
  project,
  task,
  progress,
  savedAt,
  onEnd,
}: {
  project: ProjectView;
  task: TaskView;
  progress: ProgressView;
  savedAt: Date | null;
  onEnd: (ended: "ranked" | "skipped" | "lapsed") => void;
}) {
  const { projectId } = project;
  const root = useRef<HTMLDivElement>(null);
  const [state, dispatch] = useReducer(rankingReducer, task.completions, (all) =>
    startRanking(all.map(({ id }) => id)),
  );
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const [step, setStep] = useState<Step>("read");
  const activity = useActivity();
  const submission = useSubmission(() => onEnd("ranked"));
  const lease = useLease(projectId, task, activity);
  const draft = useKeptDraft(task, state, dispatch, activity);
  useFocusedCard(root, state, dialog !== null);
  const takeOff = useFlight(root, state.ranking);
  const isFrozen = submission.isLocked || lease === "lapsed";

  const act = useCallback(
    (action: RankingAction) => {
      if (isFrozen && action.type !== "focus" && action.type !== "fold") return;
      takeOff();
      dispatch(action);
    },
    [isFrozen, takeOff],
  );

  const store = () => {
    setDialog(null);
    const { tiers, unacceptableFrom } = state.ranking;
    const { token, seconds } = draft.current();
    submission.submit({
      projectId,
      taskId: task.taskId,
      tiers: tiers.map((tier) => [...tier]),
      unacceptableFrom,
      token,
      secondsSpent: seconds,
    });
  };

  const run = (command: PageCommand) => {
    if (command === "help") return setDialog("keys");
    if (isFrozen) return;
    if (command === "skip") return setDialog("skip");
    if (command === "compare") return setDialog("compare");
    const check = submitCheck(state);
    if (check === "too-few") toast.note("Rank at least two completions", "An order that nobody made is never stored.");
    else if (check === "partial") setDialog("partial");
    else store();
  };

  useRankingKeys(state, (meaning) => (meaning.type === "edit" ? act(meaning.action) : run(meaning.command)));

  const deck: Deck = { state, act, texts: task.completions, isFrozen };
  return (
    <DeckContext value={deck}>
      <div ref={root} className="flex h-dvh flex-col">
        <TaskBar project={project} progress={progress} seconds={draft.seconds} onOpen={setDialog} />
        <LeaseNote lease={lease} onNext={() => onEnd("lapsed")} />
        <StepSwitch step={step} onChange={setStep} />
        <DragBoard step={step}>
          <main className="grid min-h-0 flex-1 grid-cols-1 lg:grid-cols-2">
            <ToRankSide prompt={task.prompt} isShown={step === "read"} />
            <RankingSide isShown={step === "rank"} />
          </main>
        </DragBoard>
        <FootBar
          submission={submission}
          lease={lease}
          savedAt={savedAt}
          onSubmit={() => run("submit")}
          onNext={() => onEnd("lapsed")}
        />
        <Announcer />
        <TaskDialogs
          open={dialog}
          onClose={() => setDialog(null)}
          project={project}
          task={task}
          onStore={store}
          onSkipped={() => onEnd("skipped")}
        />
      </div>
    </DeckContext>
  );
}
