import { build, constant, type Dim, type Tensor } from "@borda/tensor";
import { z } from "zod";

const positive = z.number().positive();
const common = { rope_theta: positive.optional(), partial_rotary_factor: positive.max(1).optional() };
const Kind = z.discriminatedUnion("rope_type", [
  z.strictObject({ ...common, rope_type: z.literal("default") }),
  z.strictObject({ ...common, rope_type: z.literal("linear"), factor: positive }),
  z.strictObject({
    ...common,
    rope_type: z.literal("llama3"),
    factor: positive,
    low_freq_factor: positive,
    high_freq_factor: positive,
    original_max_position_embeddings: positive.optional(),
  }),
]);

/** rope_parameters (or rope_scaling, as it was called): `type` is the old name of rope_type, and "default" its default. */
export const RopeParameters = z.preprocess((value) => {
  if (typeof value !== "object" || value === null) return value;
  const { type, ...rest } = value as Record<string, unknown>;
  return { ...rest, rope_type: rest.rope_type ?? type ?? "default" };
}, Kind);
export type RopeParameters = z.infer<typeof RopeParameters>;

/** Fields by which configs of all ages say how positions rotate; see ropeOf for which one wins. */
export const ropeFields = {
  rope_parameters: RopeParameters.nullish(),
  rope_scaling: RopeParameters.nullish(),
  rope_theta: positive.optional(),
} as const;

export interface Rope {
  readonly parameters: RopeParameters;
  /** The base of the wavelengths. */
  readonly theta: number;
  /** The share of a head that rotates. */
  readonly partial: number;
  /** Where llama3 counts from, if it does not say. */
  readonly maxPositions: number;
}

/** As transformers reads it: rope_scaling before rope_parameters, and what these leave open from the config itself. */
export function ropeOf(
  config: {
    readonly rope_parameters?: RopeParameters | null | undefined;
    readonly rope_scaling?: RopeParameters | null | undefined;
    readonly max_position_embeddings: number;
  },
  outside: { readonly theta: number; readonly partial?: number },
): Rope {
  const parameters = config.rope_scaling ?? config.rope_parameters ?? { rope_type: "default" };
  return {
    parameters,
    theta: parameters.rope_theta ?? outside.theta,
    partial: parameters.partial_rotary_factor ?? outside.partial ?? 1,
    maxPositions: config.max_position_embeddings,
  };
}

/**
 * Radians a token by which each pair of a head's numbers turns, fastest first: [rotated / 2], rotated = partial of
 * headSize (Su et al. 2021, eq. 15), slowed as `rope` says. Rounded to float32 at each step, as PyTorch does: at a
 * distant position the last bit of a frequency is seen.
 */
export function rotaryFrequencies(rope: Rope, headSize: number): Float32Array {
  const rotated = Math.trunc(headSize * rope.partial);
  const { fround } = Math;
  return Float32Array.from({ length: Math.ceil(rotated / 2) }, (_, i) => {
    const frequency = fround(1 / fround(fround(rope.theta) ** fround((2 * i) / rotated)));
    return slowed(frequency, rope);
  });
}

function slowed(frequency: number, { parameters, maxPositions }: Rope): number {
  if (parameters.rope_type === "default") return frequency;
  if (parameters.rope_type === "linear") return frequency / parameters.factor; // Chen et al. 2023
  // Llama 3.1: waves that fit into the original context stay, those that do not are stretched, with a ramp between.
  const { factor, low_freq_factor: low, high_freq_factor: high } = parameters;
  const turns = ((parameters.original_max_position_embeddings ?? maxPositions) * frequency) / (2 * Math.PI);
  if (turns > high) return frequency;
  if (turns < low) return frequency / factor;
  const smooth = (turns - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/** Cosine and sine of the angle of every position and frequency, each float32 [t, rotated]. */
export interface Rotation {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/**
 * For columns 0 to t - 1. Attention sees differences of angles alone, so that padding on the left, which moves a row's
 * tokens to later columns, changes nothing.
 */
export function rotation(t: Dim, frequencies: Float32Array): Rotation {
  const columns = build.reshape(build.cast(build.range({ size: t }), { to: "float32" }), { shape: [t, 1] });
  const angles = build.mul(columns, constant(frequencies, [1, frequencies.length]));
  const twice = (x: Tensor) => build.concat(x, x, { axis: 1 });
  return { cos: twice(build.cos(angles)), sin: twice(build.sin(angles)) };
}

/** Turns the first numbers of each head by its position, the first half paired with the second: x [n, heads, t, d]. */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  const d = x.shape.at(-1) as number;
  const rotated = cos.shape.at(-1) as number;
  const part = (start: number, end: number) => build.slice(x, { axis: -1, start, end });
  const turning = part(0, rotated);
  const swapped = build.concat(build.neg(part(rotated / 2, rotated)), part(0, rotated / 2), { axis: -1 });
  const turned = build.add(build.mul(turning, cos), build.mul(swapped, sin));
  return rotated === d ? turned : build.concat(turned, part(rotated, d), { axis: -1 });
}
