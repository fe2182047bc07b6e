import { ProjectId } from "@borda/preferences";
import { beforeEach, expect, test, vi } from "vitest";
import { createRetrainingWatch } from "@/features/labeling/server/retraining-watch";

const [one, other] = [ProjectId.parse("one"), ProjectId.parse("other")];

beforeEach(() => {
  vi.useFakeTimers();
});

test("many rankings in a second ask once per project, at its end; the next second asks again", async () => {
  const asked: unknown[] = [];
  const add = async (_: unknown, input: unknown) => {
    asked.push(input);
    return { jobId: "1", added: true };
  };
  const watch = createRetrainingWatch(
    () => ({ add }),
    () => ({ error: () => {} }),
  );
  for (let i = 0; i < 50; i++) watch.rankingStored(one);
  watch.rankingStored(other);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual([
    { projectId: one, because: "new-comparisons" },
    { projectId: other, because: "new-comparisons" },
  ]);
  watch.rankingStored(one);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(3);
});

test("a queue that does not answer is logged, and the next ranking asks again", async () => {
  const errors: unknown[] = [];
  const add = () => Promise.reject(new Error("no queue"));
  const watch = createRetrainingWatch(
    () => ({ add }),
    () => ({ error: (entry: unknown) => errors.push(entry) }),
  );
  watch.rankingStored(one);
  await vi.advanceTimersByTimeAsync(1_000);
  watch.rankingStored(one);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(errors).toHaveLength(2);
});
