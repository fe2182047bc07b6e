import type { CompletionId } from "@borda/preferences";
import {
  type Draft,
  dropInGap,
  emptyRanking,
  insertTier,
  lower,
  placeInTier,
  raise,
  tieWithAbove,
  toggleLine,
  unrank,
} from "./ranking-edits";

/** What the labeler has done with one task so far. A pure value: the page draws it, the keys and the mouse change it. */
export interface RankingState {
  /** In the order shown; the place of a completion is its letter. */
  readonly completions: readonly CompletionId[];
  readonly ranking: Draft;
  /** Rankings before this one, the latest last; and those that undo took back, the next to redo last. */
  readonly past: readonly Draft[];
  readonly future: readonly Draft[];
  readonly focused: CompletionId | null;
  readonly unfolded: ReadonlySet<CompletionId>;
}

export type RankingAction =
  | { readonly type: "place"; readonly id: CompletionId; readonly tier: number }
  | { readonly type: "insert"; readonly id: CompletionId; readonly tier: number }
  | { readonly type: "raise" | "lower" | "tie" | "unrank" | "line"; readonly id: CompletionId }
  | { readonly type: "drop"; readonly id: CompletionId; readonly gap: number; readonly side: "above" | "below" }
  | { readonly type: "focus" | "fold"; readonly id: CompletionId }
  | { readonly type: "restore"; readonly ranking: Draft }
  | { readonly type: "undo" | "redo" };

/** A task nobody has touched: everything is still to rank. */
export function startRanking(completions: readonly CompletionId[], ranking: Draft = emptyRanking): RankingState {
  return { completions, ranking, past: [], future: [], focused: null, unfolded: new Set() };
}

export function rankingReducer(state: RankingState, action: RankingAction): RankingState {
  switch (action.type) {
    case "undo": {
      const ranking = state.past.at(-1);
      if (!ranking) return state;
      return { ...state, ranking, past: state.past.slice(0, -1), future: [...state.future, state.ranking] };
    }
    case "redo": {
      const ranking = state.future.at(-1);
      if (!ranking) return state;
      return { ...state, ranking, past: [...state.past, state.ranking], future: state.future.slice(0, -1) };
    }
    case "restore":
      return startRanking(state.completions, action.ranking);
    case "focus":
      if (state.focused === action.id || !state.completions.includes(action.id)) return state;
      return { ...state, focused: action.id };
    case "fold":
      return { ...state, unfolded: toggled(state.unfolded, action.id) };
    default: {
      if (!state.completions.includes(action.id)) return state;
      const ranking = edit(state.ranking, action);
      const focused = action.id;
      if (ranking === state.ranking) return { ...state, focused };
      return { ...state, ranking, focused, past: [...state.past, state.ranking], future: [] };
    }
  }
}

type Edit = Exclude<RankingAction, { type: "undo" | "redo" | "focus" | "fold" | "restore" }>;

function edit(ranking: Draft, action: Edit): Draft {
  switch (action.type) {
    case "place":
      return placeInTier(ranking, action.id, action.tier);
    case "insert":
      return insertTier(ranking, action.id, action.tier);
    case "drop":
      return dropInGap(ranking, action.id, action.gap, action.side);
    case "raise":
      return raise(ranking, action.id);
    case "lower":
      return lower(ranking, action.id);
    case "tie":
      return tieWithAbove(ranking, action.id);
    case "unrank":
      return unrank(ranking, action.id);
    case "line":
      return toggleLine(ranking, action.id);
  }
}

/** Whether somebody ranked here, be it that all was undone again since: an emptied ranking is a draft, too. */
export function isTouched({ ranking, past, future }: RankingState): boolean {
  return ranking.tiers.length > 0 || past.length > 0 || future.length > 0;
}

/** Completions that have no tier yet, in the order shown. */
export function stillToRank({ completions, ranking }: Pick<RankingState, "completions" | "ranking">): CompletionId[] {
  const ranked = new Set(ranking.tiers.flat());
  return completions.filter((id) => !ranked.has(id));
}

/**
 * What a submit would do: nothing while fewer than two completions are ranked (an order that nobody made is never
 * stored, and one completion compares with nothing), ask once when some are left out, else store.
 */
export function submitCheck(state: Pick<RankingState, "completions" | "ranking">): "too-few" | "partial" | "whole" {
  const left = stillToRank(state).length;
  if (state.completions.length - left < 2) return "too-few";
  return left > 0 ? "partial" : "whole";
}

function toggled<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
