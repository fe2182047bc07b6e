import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { type Lane, laneName, lanesHere } from "../lanes";
import { laneContestant } from "../step/contestants";
import { bertShape } from "../step/shape";
import { table } from "../table";
import { flopsOfStep, type Sizes } from "./flops";
import { peakOf } from "./product";

/** all-MiniLM-L6-v2 with 8 x 128 tokens; every other point changes one size. */
const middle: Sizes = { rows: 8, tokens: 128, layers: 6, width: 384 };
const varied = { rows: [2, 32], tokens: [32, 512], layers: [2, 12], width: [192, 768] } as const;
/** Of a head of attention. */
const HEAD = 32;
/** Completions of a prompt. */
const k = 2;

const count = z.coerce.number().int().positive();
const Options = z.object({
  executor: z.enum(["onnx", "tensorflow"]).optional(),
  precision: z.enum(["float32", "bfloat16"]),
  runs: count,
  home: z.string().optional(),
  json: z.boolean(),
});

export interface Point extends Sizes {
  readonly milliseconds: number;
  readonly flopsPerSecond: number;
  /** Of the fastest product of large matrices of the same executor, measured just before. */
  readonly shareOfPeak: number;
  readonly peakMiB: number;
}

/**
 * How the time of a step grows with batch, length, layers and width, beside what the arithmetic says, and what share of the
 * processor's fastest product of matrices a step reaches. `--executor onnx|tensorflow` (tensorflow where it can be set up),
 * `--precision float32|bfloat16`, `--runs N` (4) steps a point, `--home DIR`, `--json`.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      executor: { type: "string" },
      precision: { type: "string", default: "float32" },
      runs: { type: "string", default: "4" },
      home: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const options = Options.parse(values);
  const home = homeOf(process.env, options.home);
  const fits = ({ executor, precision }: Lane) =>
    precision === options.precision && executor === (options.executor ?? executor);
  const lane = (await lanesHere(home)).findLast(fits);
  if (!lane) throw new Error(`No executor here trains so: see the reasons above, and name another one.`);
  const place = { home, threads: availableParallelism() };
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
  const { milliseconds, peakMiB } = await laneContestant(lane, { ...shape, rows, tokens, k, runs, ...place }).measure();
  const best = Math.min(...milliseconds);
  const flopsPerSecond = flopsOfStep(sizes) / (best / 1000);
  return { ...sizes, milliseconds: best, flopsPerSecond, shareOfPeak: flopsPerSecond / peak, peakMiB };
}

function report(lane: Lane, threads: number, points: readonly Point[]): string {
  const [reference] = points as [Point, ...Point[]];
  const heading = [
    "rows x tokens, layers of width",
    "GFLOP",
    "best ms",
    "to the first",
    "by FLOP",
    "GFLOP/s",
    "of the peak",
  ];
  const rows = points.map(({ milliseconds, flopsPerSecond, shareOfPeak, peakMiB, ...sizes }) => [
    `${sizes.rows} x ${sizes.tokens}, ${sizes.layers} of ${sizes.width}`,
    (flopsOfStep(sizes) / 1e9).toFixed(1),
    milliseconds.toFixed(0),
    `${(milliseconds / reference.milliseconds).toFixed(2)} x`,
    `${(flopsOfStep(sizes) / flopsOfStep(reference)).toFixed(2)} x`,
    (flopsPerSecond / 1e9).toFixed(0),
    `${(100 * shareOfPeak).toFixed(0)} %`,
    peakMiB.toFixed(0),
  ]);
  const peaks = points.map(({ flopsPerSecond, shareOfPeak }) => flopsPerSecond / shareOfPeak / 1e9);
  const peak = `products of matrices alone: ${Math.min(...peaks).toFixed(0)} to ${Math.max(...peaks).toFixed(0)} GFLOP/s`;
  return [`${laneName(lane)}, ${threads} threads; ${peak}`, "", table([...heading, "peak MiB"], rows)].join("\n");
}
