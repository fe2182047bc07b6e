// Steps of one runtime of Borda in a process of its own, so that its memory is its own and TensorFlow's settings are its
// own: STEP_JOB. Prints StepTimes.
import { crc32 } from "node:zlib";
import { Recipe } from "@borda/preferences";
import { type EncodedGroup, openBareStep } from "@borda/reward-model";
import { architectureOf, type Tokenizer, type Weights } from "@borda/transformer";
import { StepJob, type StepTimes, WARM_UP } from "./shape";

const { config, mode, rows, tokens, k, runs, ...job } = StepJob.parse(JSON.parse(process.argv[2]!));
const { executor, device, precision, home, threads, recompute, pooling } = job;
const architecture = architectureOf(config, "the bench's shape");
const width = Number(config.hidden_size);
const noText = (): never => {
  throw new Error("the bench's batches are ids, and no text");
};
const tokenizer: Tokenizer = {
  ...{ vocabularySize: config.vocab_size, padId: 0, row: "pair" },
  ...{ encode: noText, encodeGroup: noText, files: noText, save: noText },
};
const backbone = architecture.backbone({
  weights: drawn(architecture.weightShapes),
  head: drawn(new Map([["score.weight", [1, width]]])),
  tokenizer,
});
const recipe = Recipe.parse({ mode, recompute, pooling, tokenBudget: rows * tokens, maxLength: tokens });
const step = await openBareStep(backbone, recipe, { executor, device, precision, home, threads });
const groups = Array.from({ length: rows / k }, (_, at) => group(at));

const [milliseconds, processor]: [number[], number[]] = [[], []];
let firstLoss = 0;
const restMiB = process.memoryUsage.rss() / 2 ** 20;
for (let run = 0; run < WARM_UP + runs; run++) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  const { loss } = await step.run(groups, 1e-5);
  const elapsed = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  if (run === 0) firstLoss = loss;
  if (run < WARM_UP) continue;
  milliseconds.push(elapsed);
  processor.push((user + system) / 1000);
}
const peakMiB = process.resourceUsage().maxRSS / 1024;
const times: StepTimes = { milliseconds, processor, firstLoss, restMiB, peakMiB };
process.stdout.write(`${JSON.stringify(times)}\n`);
process.exit(0);

/** The batch of peer.py: token ids by a rule, the second half of a row the completion, completions best first. */
function group(at: number): EncodedGroup {
  const pairs = Array.from({ length: k }, (_, i) =>
    Array.from({ length: k - 1 - i }, (_, j) => [i, i + 1 + j] as const),
  );
  return {
    key: `${at}`,
    rows: Array.from({ length: k }, (_, i) => ({
      ids: Array.from({ length: tokens }, (_, t) => (((at * k + i) * tokens + t) * 7919) % config.vocab_size),
      segmentIds: Array.from({ length: tokens }, (_, t) => (2 * t < tokens ? 0 : 1)),
      completionStart: Math.ceil(tokens / 2),
      completionEnd: tokens,
      truncated: false,
    })),
    completions: Array.from({ length: k }, (_, i) => i),
    comparisons: pairs.flat().map(([first, second]) => ({ first, second, target: 1, weight: 1, votes: [1, 0] })),
    lengths: Array.from({ length: k }, () => tokens),
  };
}

/** The weights of peer.py: of norms 1, of biases 0, of matrices an integer hash of name and place within 0.04. */
function drawn(shapes: ReadonlyMap<string, readonly number[]>): Weights {
  return new Map(
    [...shapes].map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      if (shape.length === 1) data.fill(name.endsWith(".weight") ? 1 : 0);
      else {
        const seed = crc32(name);
        for (let i = 0; i < data.length; i++) data[i] = 0.08 * (hashed(i + seed) / 2 ** 32 - 0.5);
      }
      return [name, { shape, data }];
    }),
  );
}

/** 32 bits of an integer, mixed (Mueller's hash). */
function hashed(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}
