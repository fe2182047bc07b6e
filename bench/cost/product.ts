import { z } from "zod";
import type { Lane } from "../lanes";
import { lastLineOf } from "../program";

/** Square matrices of `size`, multiplied `times` times, of which the fastest counts. */
export const ProductJob = z.object({
  size: z.number().int().positive(),
  times: z.number().int().positive(),
  executor: z.enum(["onnx", "tensorflow"]),
  precision: z.enum(["float32", "bfloat16"]),
  home: z.string(),
  threads: z.number().int().positive(),
});
type ProductJob = z.infer<typeof ProductJob>;

/** Floating-point operations a second by the clock, and a second of the processor's time, all threads together. */
export const ProductSpeed = z.object({ clock: z.number(), processor: z.number() });
export type ProductSpeed = z.infer<typeof ProductSpeed>;

const child = new URL("product-child.ts", import.meta.url);
const usual = { size: 1536, times: 8 } as const;

/** What the processor reaches in a lane's own product of large matrices, the most that a step could. */
export async function peakOf(lane: Lane, place: Pick<ProductJob, "home" | "threads">): Promise<ProductSpeed> {
  const job: ProductJob = { ...usual, ...lane, ...place };
  return ProductSpeed.parse(JSON.parse(await lastLineOf(child, job)));
}
