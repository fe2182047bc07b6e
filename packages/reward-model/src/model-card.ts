import type { CheckpointInfo } from "./checkpoint-info";
import { usage } from "./model-card-usage";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** A row; none for a report from before it was measured. */
function agreement({ votes }: CheckpointInfo["evaluation"]): string {
  if (!votes) return "";
  const [low, high] = votes.interval;
  return `| agreement with ${votes.count} single votes of labelers | ${percent(votes.agreement)} (95 % interval by prompt: ${percent(low)} to ${percent(high)}) |\n`;
}

/** README.md of a checkpoint: what it is, how good, how to use it, and what it is not for. */
export function modelCard(info: CheckpointInfo, name: string): string {
  const { evaluation, data, training, recipe } = info;
  const [low, high] = evaluation.interval;
  const quality =
    evaluation.prompts === 0
      ? "No prompt was held out, so nothing is known of how it judges prompts that it has not seen."
      : `| figure, on prompts not trained on | |
|---|---|
| accuracy | ${percent(evaluation.accuracy)} (95 % interval by prompt: ${percent(low)} to ${percent(high)}) |
| accuracy, mean over prompts | ${percent(evaluation.accuracyByPrompt)} |
${agreement(evaluation)}| the rule "the longer one wins" | ${percent(evaluation.longerWins)} |
| log loss | ${evaluation.logLoss.toFixed(4)} (${Math.LN2.toFixed(4)} is chance) |
| prompts, comparisons | ${evaluation.prompts}, ${evaluation.comparisons} |
| rewards: mean, deviation | ${evaluation.rewardMean.toFixed(4)}, ${evaluation.rewardDeviation.toFixed(4)} |`;
  return `---
library_name: borda
pipeline_tag: text-classification
tags: [reward-model, preference-model]
---

# ${name}

A reward model trained by Borda: it scores completions of a prompt, higher for those that people prefer. Trained on
${data.trainComparisons} comparisons of ${data.trainPrompts} prompts with the k-choose-2 loss (Ouyang et al. 2022), from
\`${info.startedFrom}\`, in ${training.steps} steps.

## How good it is

${quality}

## Use

${usage(info, name)}

## What it comes from

- Data: SHA-256 \`${data.hash}\`
- Began as \`${info.startedFrom}\`: SHA-256 \`${info.startedFromHash}\` of its config, tokenizer and weights
- Pooling: ${info.pooling}; recipe: \`${JSON.stringify(recipe)}\`
- Every file's hash is in borda.json.

## What it is not for

It repeats the judgement of the people whose rankings it saw, on texts like theirs. It does not check facts or safety,
and a policy optimised against it will find its mistakes.
`;
}
