"use client";

import { useMemo } from "react";
import { Card } from "@/components/ui/card";
import { formatNumber, formatPercent } from "@/components/ui/numbers";
import { smooth } from "../run-view";
import { type Line, LineChart } from "./line-chart";

export interface AccuracyPoint {
  readonly step: number;
  readonly accuracy: number;
  readonly interval: readonly [number, number];
}

const shares = [0, 1] as const;
const sayShare = (share: number) => formatPercent(share, 0);
const sayLoss = (loss: number) => formatNumber(loss);

/** The two curves of a run: its loss, and its accuracy on the held-out prompts. */
export function Curves({
  loss,
  accuracy,
  longerWins,
}: {
  loss: readonly (readonly [step: number, loss: number])[];
  accuracy: readonly AccuracyPoint[];
  longerWins: number | null;
}) {
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Card title="Loss">
        <LossChart loss={loss} />
      </Card>
      <Card title="Held-out accuracy">
        <AccuracyChart accuracy={accuracy} longerWins={longerWins} />
      </Card>
    </div>
  );
}

function LossChart({ loss }: { loss: readonly (readonly [step: number, loss: number])[] }) {
  const x = useMemo(() => loss.map(([step]) => step), [loss]);
  const lines = useMemo((): Line[] => {
    const values = loss.map(([, value]) => value);
    return [
      { name: "a step", values, colour: "edge", width: 1 },
      { name: "smoothed", values: smooth(values), colour: "accent", points: values.length === 1 },
    ];
  }, [loss]);
  if (loss.length === 0) return <p className="min-h-62 text-soft">No step was made so far.</p>;
  const last = lines[1]?.values.at(-1);
  return (
    <LineChart
      summary={`Loss over ${loss.length} steps, now ${last === null || last === undefined ? "unknown" : sayLoss(last)}`}
      x={x}
      lines={lines}
      format={sayLoss}
    />
  );
}

function AccuracyChart({ accuracy, longerWins }: { accuracy: readonly AccuracyPoint[]; longerWins: number | null }) {
  const x = useMemo(() => accuracy.map(({ step }) => step), [accuracy]);
  const lines = useMemo((): Line[] => {
    const bounds: Line[] = [
      { name: "95 % from", values: accuracy.map(({ interval }) => interval[0]), colour: "accent", width: 0 },
      {
        name: "to",
        values: accuracy.map(({ interval }) => interval[1]),
        colour: "accent",
        width: 0,
        fillToPrevious: true,
      },
    ];
    const model: Line = {
      name: "accuracy",
      values: accuracy.map((point) => point.accuracy),
      colour: "accent",
      points: true,
    };
    const length: Line[] =
      longerWins === null
        ? []
        : [{ name: "longer wins", values: accuracy.map(() => longerWins), colour: "soft", width: 1, dash: [5, 4] }];
    return [...bounds, model, ...length];
  }, [accuracy, longerWins]);
  const last = accuracy.at(-1);
  if (!last) return <p className="min-h-62 text-soft">Not measured on the held-out prompts so far.</p>;
  return (
    <LineChart
      summary={`Held-out accuracy at ${accuracy.length} steps, now ${formatPercent(last.accuracy)}`}
      x={x}
      lines={lines}
      format={sayShare}
      bounds={shares}
    />
  );
}
