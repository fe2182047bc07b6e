import { Refused } from "../session";
import { type Journal, type Labeler, labelAll } from "./labeler";
import { type PageFigures, weighPage } from "./page";
import { type Quantiles, quantiles } from "./quantiles";
import { type LabelingServer, overlap, type Project } from "./server";

/** What is measured of every server, in the same way. */
export interface ServerFigures {
  readonly name: string;
  readonly prompts: number;
  readonly importSeconds: number;
  readonly hurried: Hurried;
  /** Null where there is no Chromium. */
  readonly page: PageFigures | null;
  readonly nonsense: { readonly repeated: Outcome; readonly foreign: Outcome };
  readonly small: Exhausted;
}

/** 8 clients without thought; milliseconds. */
export interface Hurried {
  readonly next: Quantiles;
  readonly submit: Quantiles;
  readonly pairsPerSecond: number;
  /** Requests that ended in an error. */
  readonly failures: readonly string[];
}

export type Outcome = "accepted" | "refused" | "failed";

/** A small project that everybody labeled to its end: of how many tasks it holds more, or fewer, rankings than wanted. */
export interface Exhausted {
  readonly tasks: number;
  readonly tooOften: number;
  readonly tooSeldom: number;
}

export interface Load {
  readonly seconds: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

export const labelerCount = 20;
const hurriedCount = 8;
const smallProject = 200;
/** A small project that is not at its end by then stays where it is. */
const smallProjectSeconds = 300;

export async function fillAndJoin(server: LabelingServer, prompts: number, { say }: Load) {
  say(`${server.name}: ${prompts} prompts ...`);
  const began = performance.now();
  const project = await server.fill(prompts);
  const importSeconds = (performance.now() - began) / 1000;
  return { project, prompts, importSeconds, labelers: await project.join(labelerCount) };
}

/** Everything after the import, on a project that has more tasks than the time allows. */
export async function measure(
  server: LabelingServer,
  { project, prompts, importSeconds, labelers }: Awaited<ReturnType<typeof fillAndJoin>>,
  load: Load,
): Promise<ServerFigures> {
  const { seconds, random, say } = load;
  say(`${server.name}: ${hurriedCount} clients without thought, for ${seconds} s ...`);
  const journal = await labelAll(labelers.slice(0, hurriedCount), { seconds, thought: () => 0, random });
  say(`${server.name}: its page in Chromium, nonsense, and a small project to its end ...`);
  const [rested, ...others] = labelers.slice(hurriedCount) as [Labeler, ...Labeler[]];
  return {
    name: server.name,
    prompts,
    importSeconds,
    hurried: hurriedOf(journal),
    page: await weighPage(rested.page),
    nonsense: await tryNonsense(project, others),
    small: await exhaust(server, load),
  };
}

function hurriedOf({ next, submit, failures, seconds }: Journal): Hurried {
  return {
    next: quantiles(next),
    submit: quantiles(submit),
    pairsPerSecond: submit.length / seconds,
    failures,
  };
}

/** A completion ranked twice, and one of another task ranked among a task's own; nobody else ranks meanwhile. */
async function tryNonsense(project: Project, [one, other]: readonly Labeler[]): Promise<ServerFigures["nonsense"]> {
  const [task, foreign] = [await one?.next(), await other?.next()];
  if (!one || !other || !task || !foreign) {
    throw new Error("No task was left to try nonsense on: give more --prompts, or fewer --seconds.");
  }
  const [first, , ...rest] = task.completionIds as [string, string, ...string[]];
  const [, ...own] = foreign.completionIds;
  const stranger = task.completionIds.find((id) => !foreign.completionIds.includes(id)) ?? "of another task";
  return {
    repeated: await outcomeOf(project, () => one.submit(task, tiersOf([first, first, ...rest]))),
    foreign: await outcomeOf(project, () => other.submit(foreign, tiersOf([stranger, ...own]))),
  };
}

const tiersOf = (order: readonly string[]) => order.map((id) => [id]);

async function outcomeOf(project: Project, submit: () => Promise<void>): Promise<Outcome> {
  const stored = async () => (await project.rankingCounts()).reduce((sum, count) => sum + count, 0);
  const before = await stored();
  try {
    await submit();
  } catch (error) {
    if (error instanceof Refused) return error.status < 500 ? "refused" : "failed";
    throw error;
  }
  return (await stored()) > before ? "accepted" : "refused";
}

/** A small project to its very end, 20 labelers at once without thought. */
async function exhaust(server: LabelingServer, load: Load): Promise<Exhausted> {
  const { project, labelers } = await fillAndJoin(server, smallProject, load);
  await labelAll(labelers, { seconds: smallProjectSeconds, thought: () => 0, random: load.random });
  const counts = await project.rankingCounts();
  const enough = counts.filter((count) => count >= overlap).length;
  return {
    tasks: smallProject,
    tooOften: counts.filter((count) => count > overlap).length,
    tooSeldom: smallProject - enough,
  };
}
