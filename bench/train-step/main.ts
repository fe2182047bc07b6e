import { homeOf } from "@borda/scripts/home";
import { z } from "zod";
import { lanesHere } from "../lanes";
import { common, count, optionsOf } from "../options";
import { pythonOfPeers } from "../peers";
import { inRounds } from "../rounds";
import { laneContestant, type PlainJob, peerContestant } from "../step/contestants";
import { bertShape, qwenShape } from "../step/shape";
import { report } from "./report";

/** The shapes, with how many steps and rounds fit into a few minutes on two cores. */
const shapes = {
  minilm: { name: "all-MiniLM-L6-v2 (6 layers of 384)", shape: bertShape(6, 384, 12), runs: 5, rounds: 3 },
  "bert-base": { name: "BERT base (12 layers of 768)", shape: bertShape(12, 768, 12), runs: 2, rounds: 2 },
  qwen2: { name: "Qwen 2.5 0.5 B with LoRA (24 layers of 896)", shape: qwenShape, runs: 1, rounds: 1 },
} as const;

const table = {
  shape: z.enum(["minilm", "bert-base", "qwen2"]).default("minilm"),
  rows: count.multipleOf(4).default(16),
  tokens: count.default(128),
  runs: count.optional(),
  rounds: count.optional(),
  device: z.enum(["cpu", "cuda"]).default("cpu"),
  pooling: z.enum(["mean", "last", "cls"]).default("mean"),
  recompute: z.boolean().default(false),
  ...common,
};

/** Completions of a prompt. */
const k = 4;
const allPrecisions = ["float32", "bfloat16"] as const;
const everyRecompute = ["nothing", "attention", "layers"] as const;

/**
 * One training step (forward, the loss of all pairs, backward, clipping, AdamW) by every executor and precision that is
 * here, beside plain PyTorch in float32 and bfloat16: `--shape minilm|bert-base|qwen2`, `--rows N` (16), `--tokens N` (128),
 * `--runs N` steps a process, `--rounds N` processes each, `--threads N` (all cores), `--device cpu|cuda`, `--python FILE`,
 * `--home DIR`, `--json`, `--pooling mean|last|cls` (mean), all of which PyTorch does, too. With `--recompute` Borda also
 * computes attention's scores again in place of keeping them, as PyTorch's fused attention always does, and each its layers
 * whole, which PyTorch calls gradient checkpointing: less memory for more time.
 */
export async function run(argv: readonly string[]): Promise<boolean> {
  const options = optionsOf(argv, table);
  const home = homeOf(process.env, options.home);
  const { name, shape, ...usual } = shapes[options.shape];
  const { rows, tokens, runs = usual.runs, rounds = usual.rounds } = options;
  const python = await pythonOfPeers(options.python, home);
  const lanes = await lanesHere(home, options.device);
  const { threads, device, pooling } = options;
  const contestants = (recompute: PlainJob["recompute"]) => {
    const job: PlainJob = { ...shape, rows, tokens, k, runs, threads, device, pooling, recompute, home };
    // Where the processor has no such products PyTorch emulates them, at minutes a step.
    const precisions = lanes.some(({ precision }) => precision === "bfloat16") ? allPrecisions : ["float32" as const];
    return [
      ...(recompute === "attention" ? [] : precisions.map((precision) => peerContestant(python, job, precision))),
      ...lanes.map((lane) => laneContestant(lane, job)),
    ];
  };
  const all = (options.recompute ? everyRecompute : ["nothing" as const]).flatMap(contestants);
  const found = await inRounds(all, rounds);
  const title = `${name}, ${pooling} pooling, ${rows} x ${tokens} tokens, ${threads} threads, ${runs} steps in each of ${rounds} processes`;
  const { text, sameLoss } = report(title, found);
  console.log(options.json ? JSON.stringify(Object.fromEntries(found)) : text);
  return sameLoss;
}
