import { CompletionId } from "@borda/preferences";
import { expect, test } from "vitest";
import { type KeyPress, meaningOf } from "@/features/labeling/keys";

const ids = [..."abcd"].map((name) => CompletionId.parse(name));
const [a, b, c] = ids;

function press(keys: string): KeyPress {
  const parts = keys.split(" ");
  const key = parts.at(-1) === "Space" ? " " : parts.at(-1)!;
  const code = /^\d$/.test(key) ? `Digit${key}` : /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  const has = (name: string) => parts.includes(name) && parts.at(-1) !== name;
  return { key, code, shiftKey: has("Shift"), ctrlKey: has("Ctrl"), metaKey: has("Meta"), altKey: has("Alt") };
}

const edits = (keys: string, focused: CompletionId | null) => {
  const meaning = meaningOf(press(keys), { completions: ids, focused });
  return meaning?.type === "edit" ? meaning.action : meaning?.type === "command" ? meaning.command : null;
};

test.each([
  ["a", null, { type: "focus", id: a }],
  ["B", null, { type: "focus", id: b }],
  ["c", a, { type: "focus", id: c }],
  ["1", b, { type: "place", id: b, tier: 0 }],
  ["9", b, { type: "place", id: b, tier: 8 }],
  ["Shift 2", b, { type: "insert", id: b, tier: 1 }],
  ["ArrowUp", b, { type: "raise", id: b }],
  ["ArrowDown", b, { type: "lower", id: b }],
  ["=", b, { type: "tie", id: b }],
  ["0", b, { type: "unrank", id: b }],
  ["Backspace", b, { type: "unrank", id: b }],
  ["x", b, { type: "line", id: b }],
  ["Space", b, { type: "fold", id: b }],
  ["z", null, { type: "undo" }],
  ["Shift Z", null, { type: "redo" }],
  ["Shift C", a, "compare"],
  ["s", a, "skip"],
  ["Ctrl Enter", a, "submit"],
  ["Meta Enter", null, "submit"],
  ["?", null, "help"],
] as const)("%s with %s in focus", (keys, focused, expected) => {
  expect(edits(keys, focused ?? null)).toEqual(expected);
});

test.each(["1", "ArrowUp", "=", "0", "x", "Space"])("%s means nothing while no completion is in focus", (keys) => {
  expect(edits(keys, null)).toBeNull();
});

test.each(["Ctrl z", "Ctrl a", "Meta c", "Alt 1", "e", "Enter", "Tab"])("%s stays the browser's", (keys) => {
  expect(edits(keys, a!)).toBeNull();
});

test("Shift and a digit insert on a layout where that types another sign", () => {
  const bang: KeyPress = { key: "!", code: "Digit1", shiftKey: true, ctrlKey: false, metaKey: false, altKey: false };
  expect(meaningOf(bang, { completions: ids, focused: a! })).toEqual({
    type: "edit",
    action: { type: "insert", id: a, tier: 0 },
  });
});

test("on a layout of another script the key's place counts", () => {
  const cyrillic: KeyPress = { ...press("a"), key: "ф", code: "KeyA" };
  expect(meaningOf(cyrillic, { completions: ids, focused: null })).toEqual({
    type: "edit",
    action: { type: "focus", id: a },
  });
});
