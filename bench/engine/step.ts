// One measurement in a process of its own, for TensorFlow's settings hold for a process: EXECUTOR PRECISION PHASE N T RUNS.
import {
  adamW,
  build,
  chain,
  clipByGlobalNorm,
  createExecutor,
  createTrainStep,
  gradient,
  type Runtime,
  topologicalOrder,
} from "@borda/tensor";
import { batch, encoder } from "./encoder";

export interface Measurement {
  /** Of the first run, which plans. */
  readonly first: number;
  /** Of the fastest later one, by the clock and by the processor's time of all threads, in milliseconds. */
  readonly wall: number;
  readonly processor: number;
  /** Peak resident memory of the process, bytes. */
  readonly peak: number;
}

const [executor, precision, phase, n, t, runs] = process.argv.slice(2);
const runtime = { executor, precision, home: process.env.BORDA_HOME, threads: 2 } as Runtime;
const { loss, weights } = encoder();
const run = phase === "step" ? await stepOf() : await graphOf(phase === "forward" ? "forward" : "gradients");
const feeds = batch(Number(n), Number(t));

const times: { wall: number; processor: number }[] = [];
for (let i = 0; i < Number(runs); i++) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await run(feeds);
  const { user, system } = process.cpuUsage(used);
  times.push({ wall: performance.now() - began, processor: (user + system) / 1000 });
}
const measurement: Measurement = {
  first: times[0]!.wall,
  wall: Math.min(...times.slice(1).map(({ wall }) => wall)),
  processor: Math.min(...times.slice(1).map(({ processor }) => processor)),
  peak: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(measurement));
process.exit(0);

async function stepOf() {
  const optimizer = chain(clipByGlobalNorm(1), adamW());
  const step = await createTrainStep({ ...runtime, weights, objectives: { step: { loss } }, optimizer });
  return (fed: typeof feeds) => step.run("step", fed, 1e-5);
}

/** The loss alone, or with the sum of squares of all gradients, so that each is computed and none comes out. */
async function graphOf(part: "forward" | "gradients") {
  const leaves = topologicalOrder([loss]).filter(({ op }) => op === "parameter");
  const squares = () => gradient(loss, leaves).map((slope) => build.reduceSum(build.square(slope)));
  const outputs = part === "forward" ? { loss } : { loss, squares: squares().reduce((a, b) => build.add(a, b)) };
  const values = new Map([...weights].map(([name, { data }]) => [name, data]));
  const opened = await createExecutor({ outputs, weights: values }, runtime);
  return (fed: typeof feeds) => opened.run(fed);
}
