import type { EvaluationReport } from "@borda/preferences";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ReportTable } from "../src/features/checkpoints/components/report-table";

const old: EvaluationReport = {
  ...{ prompts: 50, comparisons: 180, accuracy: 0.7, accuracyByPrompt: 0.7, interval: [0.6, 0.8] },
  ...{ logLoss: 0.6, longerWins: 0.55, rewardMean: 0, rewardDeviation: 1 },
};
const votes = { count: 400, agreement: 0.63, interval: [0.58, 0.68] as [number, number], longerWins: 0.52 };
const rowOf = (name: string, report: EvaluationReport, baseline: EvaluationReport) => {
  const paired = { prompts: 50, accuracy: 0, interval: [-0.02, 0.02] as [number, number] };
  const html = renderToStaticMarkup(
    <ReportTable report={report} baseline={baseline} paired={paired} names={["This one", "Published"]} />,
  );
  const row = html.split("<tr").find((each) => each.includes(name))!;
  return [...row.matchAll(/>([^<]+)</g)].map(([, text]) => text);
};

test("agreement with single votes has its own interval, and a dash where a report is from before it", () => {
  const name = "Agreement with single votes";
  expect(rowOf(name, { ...old, votes }, old)).toEqual([name, "63.0 %", "58.0 % to 68.0 %", "–", "–"]);
  const better = { ...old, votes: { ...votes, agreement: 0.65 } };
  expect(rowOf(name, better, { ...old, votes }).slice(-1)).toEqual(["+2.0 points"]);
});

test("the paired difference's interval stands beside the difference of accuracies alone", () => {
  expect(rowOf("Accuracy", { ...old, votes }, old).slice(-2)).toEqual(["±0 points", "−2.0 to +2.0"]);
  expect(rowOf("Accuracy by prompt", old, old).at(-1)).toBe("±0 points");
});
