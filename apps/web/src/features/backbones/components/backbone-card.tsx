"use client";

import type { Recipe } from "@borda/preferences";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { formatBytes } from "@/components/ui/numbers";
import { Progress } from "@/components/ui/progress";
import { StateBadge } from "@/components/ui/state-badge";
import { backboneWords } from "../state-words";
import type { BackboneDesk } from "../use-backbone";
import { type BackboneView, isUnderWay } from "../views";
import { BackboneFigures } from "./backbone-figures";

/** How the chosen backbone stands: fetched and checked by the worker, what it weighs and needs, or what is wrong. */
export function BackboneCard({
  desk,
  recipe,
  completionsAPrompt,
}: {
  desk: BackboneDesk;
  recipe: Recipe | undefined;
  completionsAPrompt: number;
}) {
  const { backbone, source } = desk;
  if (backbone === undefined) return null;
  return (
    <section aria-label="The backbone" className="flex flex-col gap-3 rounded-md bg-sunken p-3">
      <header className="flex flex-wrap items-center gap-2">
        {backbone ? <StateBadge words={backboneWords} state={backbone.state} /> : null}
        <p className="min-w-0 flex-1 basis-48 text-xs break-words text-soft">{sayOf(source, backbone)}</p>
        <Act desk={desk} />
      </header>
      <ErrorNote error={desk.error} />
      {backbone && isUnderWay(backbone.state) ? <Arriving backbone={backbone} /> : null}
      {backbone?.state === "FAILED" ? <Refusal backbone={backbone} /> : null}
      {backbone?.facts ? (
        <BackboneFigures facts={backbone.facts} recipe={recipe} completionsAPrompt={completionsAPrompt} />
      ) : null}
    </section>
  );
}

function Act({ desk: { backbone, busy, prepare, cancel } }: { desk: BackboneDesk }) {
  if (backbone && isUnderWay(backbone.state))
    return (
      <Button size="sm" disabled={busy} onClick={cancel}>
        Cancel
      </Button>
    );
  const ready = backbone?.state === "READY";
  return (
    <Button size="sm" variant={ready ? "quiet" : "primary"} disabled={busy} onClick={prepare}>
      {ready ? "Check again" : backbone?.state === "FAILED" ? "Try again" : "Fetch and check"}
    </Button>
  );
}

function Arriving({ backbone }: { backbone: BackboneView }) {
  const { state, file, files, filesTotal, bytes, bytesTotal } = backbone;
  const counted = state === "FETCHING" && bytesTotal !== null && filesTotal !== null;
  const label = {
    QUEUED: "Waiting for the worker",
    FETCHING: file ? `Fetching ${file}` : "Asking what there is",
    CHECKING: "Looking at config, tensors and tokenizer",
  }[state as "QUEUED" | "FETCHING" | "CHECKING"];
  return (
    <Progress
      label={label}
      value={counted ? bytes : null}
      max={bytesTotal ?? 1}
      detail={
        counted
          ? `${formatBytes(bytes)} of ${formatBytes(bytesTotal)} · file ${Math.min(files + 1, filesTotal)} of ${filesTotal}`
          : null
      }
    />
  );
}

const SHOWN = 8;

function Refusal({ backbone: { error, remedy, problems } }: { backbone: BackboneView }) {
  return (
    <>
      <ErrorNote error={new Error([error, remedy].filter(Boolean).join("\n"))} />
      {problems.length > 0 ? (
        <ul className="flex flex-col gap-1 text-xs">
          {problems.slice(0, SHOWN).map(({ what, problem }) => (
            <li key={what}>
              <code className="font-mono break-all">{what}</code>: {problem}
            </li>
          ))}
          {problems.length > SHOWN ? <li className="text-faint">and {problems.length - SHOWN} more</li> : null}
        </ul>
      ) : null}
    </>
  );
}

function sayOf(source: string, backbone: BackboneView | null): string {
  if (!backbone)
    return source === "starter"
      ? "It comes with Borda and needs no fetching; a check says what it weighs and needs."
      : "A run may use it once the worker has fetched and checked it.";
  if (backbone.state === "CANCELLED") return "What has arrived is kept; it goes on from there.";
  if (backbone.state === "FAILED") return "Nothing can be trained from it as it is.";
  const commit = backbone.pinned?.split("@")[1];
  return commit ? `Pinned to commit ${commit.slice(0, 12)}: runs use it without a network.` : "";
}
