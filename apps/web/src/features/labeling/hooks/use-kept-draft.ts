import { type Dispatch, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { dropDrafts, keepDraft, readDraft } from "../kept-draft";
import { isTouched, type RankingAction, type RankingState } from "../ranking-state";
import type { TaskView } from "../server/views";
import { newToken } from "../token";

const idleAfterMs = 120_000;

/**
 * Keeps the draft of a task for a reload of the tab, with its token, and counts the seconds of work: those in which
 * the page is seen and somebody was active in the last two minutes.
 */
export function useKeptDraft(
  task: TaskView,
  state: RankingState,
  dispatch: Dispatch<RankingAction>,
  activity: RefObject<number>,
) {
  const { completions, ranking } = state;
  const touched = isTouched(state);
  const [seconds, setSeconds] = useState(0);
  const kept = useRef({ token: "", seconds: 0, isRead: false });

  useEffect(() => {
    const draft = readDraft(sessionStorage, task.taskId, completions);
    dropDrafts(sessionStorage, task.taskId);
    kept.current = { token: draft?.token ?? newToken(), seconds: draft?.seconds ?? 0, isRead: true };
    setSeconds(kept.current.seconds);
    if (draft) dispatch({ type: "restore", ranking: draft.ranking });
  }, [task.taskId, completions, dispatch]);

  useEffect(() => {
    const { isRead, token, seconds: spent } = kept.current;
    if (isRead && touched) keepDraft(sessionStorage, task.taskId, { ranking, token, seconds: spent });
  }, [task.taskId, ranking, touched]);

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden || performance.now() - activity.current > idleAfterMs) return;
      kept.current.seconds += 1;
      setSeconds(kept.current.seconds);
    }, 1_000);
    return () => clearInterval(timer);
  }, [activity]);

  const current = useCallback(() => ({ token: kept.current.token, seconds: kept.current.seconds }), []);
  return { seconds, current };
}
