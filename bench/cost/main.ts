import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { type Lane, laneName, lanesHere } from "../lanes";
import { common, count, optionsOf } from "../options";
import { laneContestant } from "../step/contestants";
import { bertShape } from "../step/shape";
import { table } from "../table";
import { flopsOfStep, type Sizes } from "./flops";
import { type ProductSpeed, peakOf } from "./product";

/** all-MiniLM-L6-v2 with 8 x 128 tokens; every other point changes one size. */
const middle: Sizes = { rows: 8, tokens: 128, layers: 6, width: 384 };
const varied = { rows: [2, 32], tokens: [32, 512], layers: [2, 12], width: [192, 768] } as const;
/** Of a head of attention. */
const HEAD = 32;
/** Completions of a prompt. */
const k = 2;

const { threads, home, json } = common;
const known = {
  executor: z.enum(["onnx", "tensorflow"]).optional(),
  precision: z.enum(["float32", "bfloat16"]).default("float32"),
  runs: count.default(4),
  ...{ threads, home, json },
};

export interface Point extends Sizes {
  /** Of the fastest step by the clock, and of the least busy one by the processor for all threads. */
  readonly milliseconds: number;
  readonly processor: number;
  /** Of the fastest product of large matrices of the same executor, measured just before. */
  readonly peak: ProductSpeed;
  readonly peakMiB: number;
}

/**
 * How the time of a step grows with batch, length, layers and width, beside what the arithmetic says, and what share of the
 * processor's fastest product of matrices a step reaches. Shares are of processor time, which others on the machine change
 * little. `--executor onnx|tensorflow` (tensorflow where it can be set up), `--precision float32|bfloat16`, `--runs N` (4)
 * steps a point, `--threads N` (all cores), `--home DIR`, `--json`.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, known);
  const home = homeOf(process.env, options.home);
  const fits = ({ executor, precision }: Lane) =>
    precision === options.precision && executor === (options.executor ?? executor);
  const lane = (await lanesHere(home)).findLast(fits);
  if (!lane) throw new Error(`No executor here trains so: see the reasons above, and name another one.`);
  const place = { home, threads: options.threads };
  const points: Point[] = [];
  for (const sizes of [middle, ...others()]) {
    process.stderr.write(`${JSON.stringify(sizes)} ...\n`);
    points.push(await measured(lane, sizes, options.runs, place));
  }
  console.log(options.json ? JSON.stringify(points) : report(lane, place.threads, points));
  return true;
}

function others(): Sizes[] {
  return Object.entries(varied).flatMap(([name, sizes]) => sizes.map((size) => ({ ...middle, [name]: size })));
}

async function measured(
  lane: Lane,
  sizes: Sizes,
  runs: number,
  place: { home: string; threads: number },
): Promise<Point> {
  const peak = await peakOf(lane, place);
  const { rows, tokens, layers, width } = sizes;
  const shape = bertShape(layers, width, width / HEAD);
  const { milliseconds, processor, peakMiB } = await laneContestant(lane, {
    ...shape,
    rows,
    tokens,
    k,
    runs,
    device: "cpu",
    recompute: "nothing",
    pooling: "mean",
    ...place,
  }).measure(0);
  return { ...sizes, milliseconds: Math.min(...milliseconds), processor: Math.min(...processor), peak, peakMiB };
}

function report(lane: Lane, threads: number, points: readonly Point[]): string {
  const [first] = points as [Point, ...Point[]];
  const heading = ["rows x tokens, layers of width", "GFLOP", "best ms", "processor ms", "to the first", "by GFLOP"];
  const rows = points.map(({ milliseconds, processor, peak, peakMiB, ...sizes }) => {
    const flops = flopsOfStep(sizes);
    return [
      `${sizes.rows} x ${sizes.tokens}, ${sizes.layers} of ${sizes.width}`,
      (flops / 1e9).toFixed(1),
      milliseconds.toFixed(0),
      processor.toFixed(0),
      `${(processor / first.processor).toFixed(2)} x`,
      `${(flops / flopsOfStep(first)).toFixed(2)} x`,
      `${((100 * 1000 * flops) / processor / peak.processor).toFixed(0)} %`,
      peakMiB.toFixed(0),
    ];
  });
  const range = (speeds: readonly number[]) =>
    `${(Math.min(...speeds) / 1e9).toFixed(0)} to ${(Math.max(...speeds) / 1e9).toFixed(0)}`;
  const clock = range(points.map(({ peak }) => peak.clock));
  const processor = range(points.map(({ peak }) => peak.processor));
  return [
    `${laneName(lane)}, threads: ${threads}. Products of large matrices alone: ${clock} GFLOP a second, ${processor} a second of one core.`,
    "",
    table([...heading, "of the product's speed", "peak MiB"], rows),
  ].join("\n");
}
