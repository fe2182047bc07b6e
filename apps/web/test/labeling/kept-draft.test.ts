import { CompletionId, TaskId } from "@borda/preferences";
import { beforeEach, expect, test } from "vitest";
import { dropDrafts, keepDraft, readDraft } from "@/features/labeling/kept-draft";
import { emptyRanking } from "@/features/labeling/ranking-edits";
import { isTouched, rankingReducer, startRanking } from "@/features/labeling/ranking-state";
import { newToken } from "@/features/labeling/token";

/** Web storage keeps strings and shows its keys as its own properties. */
function createWebStorage(): Storage {
  const methods = {
    getItem(this: Record<string, unknown>, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(this: Record<string, unknown>, key: string, value: string) {
      this[key] = String(value);
    },
    removeItem(this: Record<string, unknown>, key: string) {
      delete this[key];
    },
  };
  return Object.create(methods) as Storage;
}

const [a, b, foreign] = ["a", "b", "foreign"].map((id) => CompletionId.parse(id));
const [task, other] = [TaskId.parse("task"), TaskId.parse("other")];
const draft = { ranking: { tiers: [[b!], [a!]], unacceptableFrom: 1 }, seconds: 42, token: newToken() };
let storage: Storage;
beforeEach(() => {
  storage = createWebStorage();
});

test("a reload finds the ranking, the seconds and the token of the submit", () => {
  keepDraft(storage, task, draft);
  expect(readDraft(storage, task, [a!, b!])).toEqual(draft);
});

test.each([
  ["undone", { type: "undo" }],
  ["taken out again", { type: "unrank", id: a! }],
] as const)("an order that was %s does not come back with a reload", (_, withdrawal) => {
  const ranked = rankingReducer(startRanking([a!, b!]), { type: "place", id: a!, tier: 0 });
  const emptied = rankingReducer(ranked, withdrawal);
  for (const state of [startRanking([a!, b!]), ranked, emptied])
    if (isTouched(state)) keepDraft(storage, task, { ...draft, ranking: state.ranking });
  expect(readDraft(storage, task, [a!, b!])).toEqual({ ...draft, ranking: emptyRanking });
});

test("a draft that does not fit the task's completions is not used", () => {
  keepDraft(storage, task, { ...draft, ranking: { tiers: [[foreign!]], unacceptableFrom: null } });
  expect(readDraft(storage, task, [a!, b!])).toBeNull();
  storage.setItem("borda-draft:task", "not json");
  expect(readDraft(storage, task, [a!, b!])).toBeNull();
});

test("only the draft of the task in hand is kept", () => {
  keepDraft(storage, other, draft);
  keepDraft(storage, task, draft);
  expect(readDraft(storage, other, [a!, b!])).toBeNull();
  dropDrafts(storage, task);
  expect(readDraft(storage, task, [a!, b!])).toEqual(draft);
});

test("a token is a random UUID of version 4", () => {
  expect(newToken(new Uint8Array(16).fill(255))).toBe("ffffffff-ffff-4fff-bfff-ffffffffffff");
  expect(newToken()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newToken()).not.toBe(newToken());
});
