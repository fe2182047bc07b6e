import type { RankingAction, RankingState } from "./ranking-state";

/** What the page itself does, beside edits of the ranking. */
export type PageCommand = "compare" | "skip" | "submit" | "help";

export type KeyMeaning =
  | { readonly type: "edit"; readonly action: RankingAction }
  | { readonly type: "command"; readonly command: PageCommand };

/** The part of a KeyboardEvent that decides. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The table behind "?": every key, in the order of work. */
export const keyTable: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ["A", "…", "I"], does: "Focus the completion" },
  { keys: ["1", "…", "9"], does: "Put it into that tier" },
  { keys: ["Shift 1", "…", "Shift 9"], does: "Insert a new tier there" },
  { keys: ["↑", "↓"], does: "Move it a tier up or down" },
  { keys: ["="], does: "Tie it with the tier above" },
  { keys: ["0", "Backspace"], does: "Back to “to rank”" },
  { keys: ["X"], does: "“Unacceptable from here down” above its tier; again: away" },
  { keys: ["Space"], does: "Unfold or fold" },
  { keys: ["Shift C"], does: "Compare two at a time: 1, 2, or 0 for a tie" },
  { keys: ["Z", "Shift Z"], does: "Undo, redo" },
  { keys: ["S"], does: "Skip, with a reason" },
  { keys: ["Ctrl Enter"], does: "Submit" },
  { keys: ["?"], does: "This table" },
];

/** What a key means here and now; null where it means nothing to the ranking page. */
export function meaningOf(press: KeyPress, state: Pick<RankingState, "completions" | "focused">): KeyMeaning | null {
  const { key, shiftKey } = press;
  if (key === "Enter" && (press.ctrlKey || press.metaKey)) return command("submit");
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (key === "?") return command("help");

  const letter = letterPressed(press);
  if (letter === "Z") return edit({ type: shiftKey ? "redo" : "undo" });
  if (letter === "S") return command("skip");
  // C alone is the third completion, so comparing takes Shift.
  if (letter === "C" && shiftKey) return command("compare");
  const named = letter === null ? undefined : state.completions[letter.charCodeAt(0) - 65];
  if (named !== undefined) return edit({ type: "focus", id: named });

  const id = state.focused;
  if (id === null) return null;
  if (letter === "X") return edit({ type: "line", id });
  if (key === "=") return edit({ type: "tie", id });
  if (key === "ArrowUp") return edit({ type: "raise", id });
  if (key === "ArrowDown") return edit({ type: "lower", id });
  if (key === "Backspace" || key === "Delete") return edit({ type: "unrank", id });
  if (key === " ") return edit({ type: "fold", id });

  const digit = digitPressed(press);
  if (digit === 0) return shiftKey ? null : edit({ type: "unrank", id });
  if (digit !== null) return edit({ type: shiftKey ? "insert" : "place", id, tier: digit - 1 });
  return null;
}

/** By the letter typed; on a layout of another script, by the key's place. */
function letterPressed({ key, code }: KeyPress): string | null {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  return key.length === 1 && key > "\u007f" && /^Key[A-Z]$/.test(code) ? code.slice(3) : null;
}

/** By the key's place: with Shift a digit types another sign, and some layouts need Shift for the digit itself. */
function digitPressed({ key, code }: KeyPress): number | null {
  const place = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
  if (place !== undefined) return Number(place);
  return /^\d$/.test(key) ? Number(key) : null;
}

const edit = (action: RankingAction): KeyMeaning => ({ type: "edit", action });
const command = (name: PageCommand): KeyMeaning => ({ type: "command", command: name });
