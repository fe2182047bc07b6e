// Borda's scorer over workloads in a process of its own: SCORING_JOB. Prints a list of Scored.
import { readFile } from "node:fs/promises";
import { loadScorer, type Scorer } from "@borda/reward-model";
import { z } from "zod";
import { type Scored, ScoringJob, Workload } from "./job";

/** Prompts scored together, as `borda score` does. */
const CHUNK = 32;

const { checkpoint, workloads, passes, ...options } = ScoringJob.parse(JSON.parse(process.argv[2]!));
const scorer = await loadScorer(checkpoint, { ...options, rows: "many" });
const found: Scored[] = [];
for (const workload of z.array(Workload).parse(JSON.parse(await readFile(workloads, "utf8"))))
  found.push(await scored(scorer, workload));
await scorer.close();
process.stdout.write(`${JSON.stringify(found)}\n`);

async function scored({ scoreGroups }: Scorer, { name, groups }: Workload): Promise<Scored> {
  await scoreGroups(groups.slice(0, 4)); // the first run of a session prepares its kernels
  let [seconds, processor] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let rewards: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const [began, used] = [performance.now(), process.cpuUsage()];
    rewards = [];
    for (let at = 0; at < groups.length; at += CHUNK)
      rewards.push(...(await scoreGroups(groups.slice(at, at + CHUNK))).flat().map(({ reward }) => reward));
    seconds = Math.min(seconds, (performance.now() - began) / 1000);
    const { user, system } = process.cpuUsage(used);
    processor = Math.min(processor, (user + system) / 1e6);
  }
  return { name, seconds, processor, rewards, way: "" };
}
