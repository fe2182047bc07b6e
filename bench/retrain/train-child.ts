import { readFileSync } from "node:fs";
import { splitGroups, train } from "@borda/reward-model";
import { rankedPrompts } from "./data";
import { Job } from "./job";

// One training in a process of its own, so that its memory is its own. Prints one JSON line.
const { prompts, k, recipe, out, features, threads } = Job.parse(JSON.parse(process.argv[2]!));
const kilobytes = (field: string) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))![1]);
const groups = splitGroups(rankedPrompts(prompts, k), recipe.heldOutShare);
let rest = 0;
const result = await train({
  groups,
  recipe,
  out,
  threads,
  featureCache: { folder: features },
  onEvent: ({ type }) => {
    if (type === "plan") rest = kilobytes("VmRSS");
  },
});
process.stdout.write(
  `${JSON.stringify({
    seconds: result.seconds,
    tokensPerSecond: result.tokensPerSecond,
    comparisons: result.trainComparisons,
    accuracy: result.eval.accuracy,
    restMiB: rest / 1024,
    peakMiB: kilobytes("VmHWM") / 1024,
  })}\n`,
);
