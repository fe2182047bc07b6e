import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type PreferenceGroup, Recipe, type RunEvent } from "@borda/preferences";
import { chooseRuntime, type RuntimeWish, type SplitGroups, splitGroups, train } from "@borda/reward-model";
import { readData } from "../data";
import { readEnvironment } from "../env";
import { BadInput, fieldProblem } from "../failures";
import { modelFolder } from "../model-folder";
import { percent, print, reportJson, reportText, tell } from "../output";

export interface TrainFlags extends RuntimeWish {
  readonly backbone?: string;
  readonly recipe?: string;
  readonly eval?: readonly string[];
  readonly out?: string;
  readonly seed?: number;
  readonly maxSteps?: number;
  readonly json?: boolean;
}

/** Steps between two lines of progress. */
const STEPS_A_LINE = 10;

export async function trainCommand(paths: readonly string[], flags: TrainFlags): Promise<void> {
  const recipe = await readRecipe(flags);
  const home = readEnvironment().BORDA_HOME;
  const { runtime, reasons } = await chooseRuntime(flags, home);
  for (const reason of reasons) tell(reason);
  const { groups, badRows } = await readData(paths);
  const split = flags.eval
    ? apart(groups, (await readData(flags.eval)).groups)
    : splitGroups(groups, recipe.heldOutShare);
  const cancel = new AbortController();
  const stop = () => cancel.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    const { folder, pinned } = await modelFolder(recipe.backbone, cancel.signal);
    const result = await train({
      groups: split,
      recipe: pinned === undefined ? recipe : { ...recipe, backbone: pinned },
      ...(pinned !== undefined && { backboneFolder: folder }),
      out: resolve(flags.out ?? `borda-checkpoint-${timestamp(new Date())}`),
      ...(flags.maxSteps !== undefined && { maxSteps: flags.maxSteps }),
      runtime,
      featureCache: { folder: join(home, "features") },
      signal: cancel.signal,
      onEvent: tellEvent,
    });
    if (flags.json)
      print(
        JSON.stringify({
          executor: runtime.executor,
          device: runtime.device,
          precision: runtime.precision,
          mode: result.mode,
          trained_parameters: result.trainedParameters,
          parameters: result.parameters,
          steps: result.steps,
          seconds: result.seconds,
          tokens_per_second: result.tokensPerSecond,
          tokens_per_epoch: result.tokensPerEpoch,
          padding: result.padding,
          loss_first: result.lossFirst,
          loss_last: result.lossLast,
          train_prompts: result.trainPrompts,
          train_comparisons: result.trainComparisons,
          eval: reportJson(result.eval),
          out: result.out,
          bad_rows: badRows,
        }),
      );
    else {
      print(`mode ${result.mode}: ${result.trainedParameters} of ${result.parameters} weights trained`);
      print(
        `${result.steps} steps in ${result.seconds.toFixed(0)} s, loss ${result.lossFirst.toFixed(4)} to ${result.lossLast.toFixed(4)}`,
      );
      print(reportText(result.eval));
      print(`checkpoint: ${result.out}`);
    }
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/**
 * The recipe of --recipe, with --backbone and --seed on top. Throws BadInput naming the field; startFrom is one of them,
 * where it names what only a project has.
 */
async function readRecipe(flags: TrainFlags): Promise<Recipe> {
  let given: unknown = {};
  if (flags.recipe !== undefined) {
    const text = await readFile(flags.recipe, "utf8");
    try {
      given = JSON.parse(text);
    } catch (cause) {
      throw new BadInput(`${flags.recipe} is not JSON: ${(cause as Error).message}.`, { cause });
    }
  }
  const over = {
    ...(flags.backbone !== undefined && { backbone: flags.backbone }),
    ...(flags.seed !== undefined && { seed: flags.seed }),
  };
  const parsed = Recipe.safeParse(given !== null && typeof given === "object" ? { ...given, ...over } : given);
  if (!parsed.success) throw new BadInput(`${flags.recipe ?? "The recipe"}, ${fieldProblem(parsed.error)}.`);
  if (parsed.data.startFrom === "published")
    throw new BadInput(
      `${flags.recipe}, startFrom: published is a project's checkpoint, and there is no project here: leave the field ` +
        "out, and name that checkpoint's folder by --backbone.",
    );
  return parsed.data;
}

/** Training groups without the prompts of the held-out ones: a prompt that was trained on would flatter the figures. */
function apart(groups: readonly PreferenceGroup[], heldOut: readonly PreferenceGroup[]): SplitGroups {
  const held = new Set(heldOut.map(({ key }) => key));
  const train = groups.filter(({ key }) => !held.has(key));
  if (train.length < groups.length)
    tell(`${groups.length - train.length} prompts are in the held-out data too, and are left out of training.`);
  return { train, heldOut: [...heldOut] };
}

function tellEvent(event: RunEvent): void {
  const line = lineOf(event);
  if (line !== null) tell(line);
}

/** What to tell of an event; null for a step that gets no line of its own. */
function lineOf(event: RunEvent): string | null {
  switch (event.type) {
    case "plan": {
      const { trainPrompts, trainComparisons, heldOutPrompts, steps, parameters } = event;
      const prompts = `${trainPrompts} prompts with ${trainComparisons} comparisons to train on, ${heldOutPrompts} held out`;
      return `${prompts}; ${steps} steps, ${parameters} weights.`;
    }
    case "step": {
      if (event.step % STEPS_A_LINE !== 0) return null;
      const { step, loss, learningRate, tokensPerSecond, secondsLeft } = event;
      const pace = `${tokensPerSecond.toFixed(0)} tokens/s  ${secondsLeft.toFixed(0)} s left`;
      return `step ${step}  loss ${loss.toFixed(4)}  rate ${learningRate.toExponential(2)}  ${pace}`;
    }
    case "evaluation": {
      const { accuracy, logLoss } = event.report;
      return `step ${event.step}  held-out accuracy ${percent(accuracy)}  log loss ${logLoss.toFixed(4)}`;
    }
    case "saved":
      return `step ${event.step}  saved`;
    case "log":
      return event.message;
  }
}

/** 20261122-151207 */
function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}
