import { CompletionId } from "@borda/preferences";
import { TRPCClientError } from "@trpc/client";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { DeckContext } from "@/features/labeling/components/deck";
import { FootBar } from "@/features/labeling/components/foot-bar";
import { patience } from "@/features/labeling/patience";
import { startRanking } from "@/features/labeling/ranking-state";
import { failureOf } from "@/trpc/failure";

/** An answer as tRPC's client reads it. */
function answered(code: string, httpStatus: number, message = "It went wrong. Try again."): unknown {
  const data = { code, httpStatus, reason: null, fields: null, path: "labeling.submitRanking" };
  return TRPCClientError.from({ error: { code: -32603, message, data } });
}
const offline = TRPCClientError.from(new TypeError("Failed to fetch"));
const fault = answered("INTERNAL_SERVER_ERROR", 500);
const full = answered("SERVICE_UNAVAILABLE", 503, "No space is left on the disk. Free some space.");

test.each([
  ["a lost connection", offline, [true, true]],
  ["a full disk", full, [true, true]],
  ["an error that nobody foresaw", fault, [true, false]],
  ["a refusal", answered("CONFLICT", 409), [false, false]],
])("%s is tried again at first and after a minute: %j", (_, error, expected) => {
  expect([0, 20].map((failures) => patience.retry(failures, error))).toEqual(expected);
});

const nothing = () => {};
const still = { submit: nothing, isLocked: false, waitingFor: null, refusal: null };
function footOf(submission: Parameters<typeof FootBar>[0]["submission"]): string {
  const state = startRanking(["a", "b"].map((id) => CompletionId.parse(id)));
  return renderToString(
    <DeckContext value={{ state, act: nothing, texts: [], isFrozen: submission.isLocked }}>
      <FootBar submission={submission} lease="held" savedAt={null} onSubmit={nothing} onNext={nothing} />
    </DeckContext>,
  );
}

test("while a submit waits, the labeler reads why, and of no connection only when there is none", () => {
  const waiting = (error: unknown) => footOf({ ...still, isLocked: true, waitingFor: failureOf(error) });
  expect(waiting(offline)).toContain("No connection");
  expect(waiting(full)).toContain("Free some space.");
  expect(waiting(full)).not.toContain("No connection");
});

test("a submit that the server could not store may be sent again, one that it refused leads on", () => {
  const refused = (error: unknown) => footOf({ ...still, refusal: failureOf(error) });
  expect(refused(fault)).toMatch(/>Try again<\/button>/);
  expect(refused(answered("CONFLICT", 409))).toMatch(/>Next task<\/button>/);
});
