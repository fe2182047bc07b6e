import { parseArgs } from "node:util";
import { audit } from "./audit";
import { fillProject, type House, inviteLabelers, openHouse } from "./house";
import { type Confirmed, type Journal, type Labeler, work } from "./labeler";
import { weighPage } from "./page";
import { randomNumbers } from "./prompts";
import { tryNonsense } from "./refusals";
import { type Figures, quantiles, report } from "./report";

const overlap = 2;
const k = 4;
const labelerCount = 20;
const hurriedCount = 8;
const most = { prompts: 200_000, seconds: 600 } as const;

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * The labeling load of issue 3: `--prompts N` (20 000), `--seconds N` a phase (60), `--json` for the figures alone.
 * True when every promise about what is stored held. Everything stays on this machine.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      prompts: { type: "string", default: "20000" },
      seconds: { type: "string", default: "60" },
      json: { type: "boolean", default: false },
    },
  });
  const prompts = Math.min(Number(values.prompts), most.prompts);
  const seconds = Math.min(Number(values.seconds), most.seconds);
  const house = await openHouse();
  try {
    const figures = await measure(house, prompts, seconds);
    console.log(values.json ? JSON.stringify(figures) : report(figures));
    return figures.broken.length === 0;
  } finally {
    await house.close();
  }
}

async function measure(house: House, prompts: number, seconds: number): Promise<Figures> {
  say(`Importing ${prompts} prompts of ${k} completions ...`);
  const { projectId, importSeconds } = await fillProject(house, { name: "Load", prompts, k, overlap });
  const labelers = await inviteLabelers(house, projectId, labelerCount);
  const random = randomNumbers(3);

  say(`${labelerCount} labelers with 0.5 to 2 s of thought, for ${seconds} s ...`);
  const thoughtful = emptyJournal();
  await everybody(labelers, seconds, () => 500 + random() * 1500, random, thoughtful);

  say(`${hurriedCount} clients without thought, for ${seconds} s ...`);
  const hurried = emptyJournal();
  const hurriedSeconds = await everybody(labelers.slice(0, hurriedCount), seconds, () => 0, random, hurried);

  say("The ranking page in Chromium ...");
  const [one, other] = labelers as [Labeler, Labeler, ...Labeler[]];
  const page = await weighPage(house.borda, one);

  say("Nonsense, and the last tasks with everybody reaching for them ...");
  const confirmed: Confirmed[] = [...thoughtful.confirmed, ...hurried.confirmed];
  const broken = [...(await audit(house.database, { projectId, overlap, confirmed }))];
  broken.push(...(await tryNonsense(house.database, [one, other])));
  broken.push(...(await exhaust(house, random)));
  return {
    prompts,
    importSeconds,
    next: quantiles(thoughtful.next),
    submit: quantiles(thoughtful.submit),
    pairsPerSecond: hurried.confirmed.length / hurriedSeconds,
    rankings: confirmed.length,
    page,
    broken,
  };
}

/** A small project to its very end, 20 labelers at once without thought: every prompt exactly as often as wanted. */
async function exhaust(house: House, random: () => number): Promise<string[]> {
  const prompts = 200;
  const { projectId } = await fillProject(house, { name: "Last tasks", prompts, k, overlap });
  const labelers = await inviteLabelers(house, projectId, labelerCount);
  const journal = emptyJournal();
  await everybody(labelers, most.seconds, () => 0, random, journal);
  const broken = await audit(house.database, { projectId, overlap, confirmed: journal.confirmed });
  if (journal.confirmed.length !== prompts * overlap) {
    broken.push(`${journal.confirmed.length} rankings of ${prompts} prompts, wanted ${prompts * overlap}`);
  }
  return broken;
}

/** All labelers at once; seconds until the last one is done. */
async function everybody(
  labelers: readonly Labeler[],
  seconds: number,
  thought: () => number,
  random: () => number,
  journal: Journal,
): Promise<number> {
  const began = Date.now();
  const pace = { until: began + seconds * 1000, thought, random };
  await Promise.all(labelers.map((labeler) => work(labeler, pace, journal)));
  return (Date.now() - began) / 1000;
}

function emptyJournal(): Journal {
  return { next: [], submit: [], confirmed: [] };
}
