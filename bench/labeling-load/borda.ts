import { audit } from "./audit";
import type { BordaLabeler } from "./borda-labeler";
import { fillProject, type House, inviteLabelers, openHouse } from "./house";
import { labelAll } from "./labeler";
import { fillAndJoin, type Load, labelerCount, measure, type ServerFigures } from "./measure";
import { type Quantiles, quantiles } from "./quantiles";
import { tryNonsense } from "./refusals";
import { k, type LabelingServer, overlap, type Project } from "./server";

/** What Borda promises, beside what is measured of every server. */
export interface BordaFigures extends ServerFigures {
  /** 20 labelers with 0.5 to 2 s of thought; milliseconds. */
  readonly thoughtful: { readonly next: Quantiles; readonly submit: Quantiles };
  /** Confirmed to labelers, and looked for in the database. */
  readonly rankings: number;
  /** Promises that did not hold. */
  readonly broken: readonly string[];
}

/** A project of Borda with all who joined it, whose rankings can be compared with what they were told. */
interface BordaProject extends Project {
  readonly projectId: string;
  readonly labelers: readonly BordaLabeler[];
}

/** The load of 20 labelers at their own pace, what is measured of every server, and every promise about what is stored. */
export async function measureBorda(prompts: number, load: Load): Promise<BordaFigures> {
  const { seconds, random, say } = load;
  const house = await openHouse();
  try {
    const projects: BordaProject[] = [];
    const server: LabelingServer = {
      name: "Borda",
      async fill(count) {
        const project = await newProject(house, count);
        projects.push(project);
        return project;
      },
      close: () => house.close(),
    };
    const filled = await fillAndJoin(server, prompts, load);
    say(`Borda: ${labelerCount} labelers with 0.5 to 2 s of thought, for ${seconds} s ...`);
    const pace = { seconds, thought: () => 500 + random() * 1500, random };
    const { next, submit, failures } = await labelAll(filled.labelers, pace);
    const figures = await measure(server, filled, load);
    return {
      ...figures,
      thoughtful: { next: quantiles(next), submit: quantiles(submit) },
      rankings: projects.flatMap(({ labelers }) => labelers.flatMap(({ confirmed }) => confirmed)).length,
      broken: [...failures, ...brokenBy(figures), ...(await brokenIn(house, projects))],
    };
  } finally {
    await house.close();
  }
}

async function newProject(house: House, prompts: number): Promise<BordaProject> {
  const projectId = await fillProject(house, { name: `${prompts} prompts`, prompts, k, overlap });
  const labelers: BordaLabeler[] = [];
  return {
    projectId,
    labelers,
    async join(count) {
      const people = await inviteLabelers(house, projectId, count);
      labelers.push(...people);
      return people;
    },
    async rankingCounts() {
      const where = { projectId, slotId: { not: null } };
      const counts = await house.database.prisma.ranking.groupBy({ by: ["promptId"], where, _count: true });
      return counts.map(({ _count }) => _count);
    },
  };
}

/** What the figures themselves tell. */
function brokenBy({ hurried, nonsense, small }: ServerFigures): string[] {
  const { tasks, tooOften, tooSeldom } = small;
  return [
    ...hurried.failures,
    ...(nonsense.repeated === "refused" ? [] : [`a completion ranked twice: ${nonsense.repeated}`]),
    ...(nonsense.foreign === "refused" ? [] : [`a completion of another task: ${nonsense.foreign}`]),
    ...(tooOften + tooSeldom === 0
      ? []
      : [`of ${tasks} prompts ${tooOften} ranked too often, ${tooSeldom} too seldom`]),
  ];
}

/** What the database tells, and more nonsense. */
async function brokenIn({ database }: House, projects: readonly BordaProject[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { projectId, labelers } of projects) {
    const confirmed = labelers.flatMap((labeler) => labeler.confirmed);
    broken.push(...(await audit(database, { projectId, overlap, confirmed })));
  }
  const [one, other] = projects[0]!.labelers as [BordaLabeler, BordaLabeler];
  return [...broken, ...(await tryNonsense(database, [one, other]))];
}
