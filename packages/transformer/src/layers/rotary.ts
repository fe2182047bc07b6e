import { build, constant, type Dim, type Tensor } from "@borda/tensor";
import { z } from "zod";

const positive = z.number().positive();
const common = { rope_theta: positive.optional(), partial_rotary_factor: positive.max(1).optional() };
const originalLength = { original_max_position_embeddings: positive.optional() };
const Kind = z.discriminatedUnion(
  "rope_type",
  [
    z.strictObject({ ...common, rope_type: z.literal("default") }),
    z.strictObject({ ...common, rope_type: z.literal("linear"), factor: positive }),
    z.strictObject({ ...common, rope_type: z.literal("dynamic"), factor: positive, ...originalLength }),
    z.strictObject({
      ...common,
      ...originalLength,
      rope_type: z.literal("yarn"),
      factor: positive.nullable(),
      attention_factor: positive.nullish(),
      beta_fast: positive.nullish(),
      beta_slow: positive.nullish(),
      mscale: z.number().nullish(),
      mscale_all_dim: z.number().nullish(),
      truncate: z.boolean().optional(),
    }),
    z.strictObject({
      ...common,
      ...originalLength,
      rope_type: z.literal("llama3"),
      factor: positive,
      low_freq_factor: positive,
      high_freq_factor: positive,
    }),
  ],
  {
    error: ({ code, input }) =>
      code === "invalid_union" && (input as { rope_type?: unknown })?.rope_type === "longrope"
        ? "longrope turns a row by the longest of its batch, and a score must not depend on its batch"
        : undefined,
  },
);

/** rope_parameters (or rope_scaling, as it was called): `type` is the old name of rope_type, and "default" its default. */
export const RopeParameters = z.preprocess((value) => {
  if (typeof value !== "object" || value === null) return value;
  const { type, ...rest } = value as Record<string, unknown>;
  return { ...rest, rope_type: rest.rope_type ?? type ?? "default" };
}, Kind);
export type RopeParameters = z.infer<typeof RopeParameters>;

/** What an empty object says is what nothing says. */
const NoneWhereEmpty = z.preprocess(
  (value) => (typeof value === "object" && value !== null && Object.keys(value).length === 0 ? null : value),
  RopeParameters.nullish(),
);

/** Fields by which configs of all ages say how positions rotate; see ropeOf for which one wins. */
export const ropeFields = {
  rope_parameters: NoneWhereEmpty.optional(),
  rope_scaling: NoneWhereEmpty.optional(),
  rope_theta: positive.optional(),
} as const;

export interface Rope {
  readonly parameters: RopeParameters;
  /** The base of the wavelengths. */
  readonly theta: number;
  /** The share of a head that rotates. */
  readonly partial: number;
  /** The original context of llama3 and yarn, if they do not say. */
  readonly maxPositions: number;
}

interface RopeConfig {
  readonly rope_parameters?: RopeParameters | null | undefined;
  readonly rope_scaling?: RopeParameters | null | undefined;
  readonly rope_theta?: number | undefined;
  readonly max_position_embeddings: number;
}

/** As transformers reads it: rope_scaling before rope_parameters, and what these leave open from the config itself. */
export function ropeOf(config: RopeConfig, outside: { readonly theta: number; readonly partial?: number }): Rope {
  const parameters = config.rope_scaling ?? config.rope_parameters ?? { rope_type: "default" };
  return {
    parameters,
    theta: parameters.rope_theta ?? outside.theta,
    partial: parameters.partial_rotary_factor ?? outside.partial ?? 1,
    maxPositions: config.max_position_embeddings,
  };
}

/** The fields of a config that say otherwise than the one that wins, each with its problem. */
export function ropeContradictions({ rope_parameters, rope_scaling, rope_theta }: RopeConfig): [string, string][] {
  const found: [string, string][] = [];
  const winner = rope_scaling ? "rope_scaling" : "rope_parameters";
  const inside = (rope_scaling ?? rope_parameters)?.rope_theta;
  if (
    rope_scaling &&
    rope_parameters &&
    JSON.stringify(sorted(rope_scaling)) !== JSON.stringify(sorted(rope_parameters))
  )
    found.push(["rope_parameters", "contradicts rope_scaling"]);
  if (rope_theta !== undefined && inside !== undefined && rope_theta !== inside)
    found.push(["rope_theta", `contradicts ${winner}.rope_theta`]);
  return found;
}

const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

/** How the numbers of a head turn from token to token. */
export interface Turning {
  /** Radians a token of each pair, fastest first: [rotated / 2], rotated = partial of the head. */
  readonly frequencies: Float32Array;
  /** What turned numbers are multiplied by: yarn's sharper attention. */
  readonly scale: number;
}

/**
 * The turning of a head of `headSize` numbers (Su et al. 2021, eq. 15), slowed as `rope` says. Rounded to float32 at each
 * step, as PyTorch does: at a distant position the last bit of a frequency is seen.
 */
export function turningOf(rope: Rope, headSize: number): Turning {
  const rotated = Math.trunc(headSize * rope.partial);
  const { fround } = Math;
  const waves = Float32Array.from({ length: Math.ceil(rotated / 2) }, (_, i) =>
    fround(fround(rope.theta) ** fround((2 * i) / rotated)),
  );
  const { parameters } = rope;
  if (parameters.rope_type === "yarn") return yarn(waves, rotated, rope, parameters);
  return { frequencies: waves.map((wave) => slowed(fround(1 / wave), rope)), scale: 1 };
}

function slowed(frequency: number, { parameters, maxPositions }: Rope): number {
  if (parameters.rope_type === "linear") return frequency / parameters.factor; // Chen et al. 2023
  // "dynamic" slows beyond max_position_embeddings alone, where no row reaches.
  if (parameters.rope_type !== "llama3") return frequency;
  // Llama 3.1: waves that fit into the original context stay, those that do not are stretched, with a ramp between.
  const { factor, low_freq_factor: low, high_freq_factor: high } = parameters;
  const turns = ((parameters.original_max_position_embeddings ?? maxPositions) * frequency) / (2 * Math.PI);
  if (turns > high) return frequency;
  if (turns < low) return frequency / factor;
  const smooth = (turns - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

/**
 * Peng et al. 2023, section 3: waves that turn more than beta_fast times in the original context stay, those that turn
 * less than beta_slow times are stretched by the factor, with a ramp over the dimensions between (eq. 23 and 24).
 */
function yarn(
  waves: Float32Array,
  rotated: number,
  { theta, maxPositions }: Rope,
  parameters: Extract<RopeParameters, { rope_type: "yarn" }>,
): Turning {
  const { fround, floor, ceil, log, PI } = Math;
  const original = parameters.original_max_position_embeddings ?? maxPositions;
  const factor = parameters.factor ?? maxPositions / original;
  const dimensionOf = (turns: number) => (rotated * log(original / (turns * 2 * PI))) / (2 * log(theta));
  const whole = parameters.truncate ?? true;
  const first = dimensionOf(parameters.beta_fast ?? 32);
  const last = dimensionOf(parameters.beta_slow ?? 1);
  const low = Math.max(whole ? floor(first) : first, 0);
  const high = Math.min(whole ? ceil(last) : last, rotated - 1);
  const width = low === high ? 0.001 : high - low;
  const frequencies = waves.map((wave, i) => {
    const stretched = Math.min(Math.max(fround((i - low) / width), 0), 1);
    return fround(fround(1 / fround(factor * wave)) * stretched) + fround(fround(1 / wave) * (1 - stretched));
  });
  return { frequencies, scale: parameters.attention_factor ?? yarnScale(factor, parameters) };
}

function yarnScale(
  factor: number,
  { mscale, mscale_all_dim }: { mscale?: number | null | undefined; mscale_all_dim?: number | null | undefined },
) {
  const scaleOf = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  return mscale && mscale_all_dim ? scaleOf(mscale) / scaleOf(mscale_all_dim) : scaleOf(1);
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
export function rotation(t: Dim, { frequencies, scale }: Turning): Rotation {
  const columns = build.reshape(build.cast(build.range({ size: t }), { to: "float32" }), { shape: [t, 1] });
  const angles = build.mul(columns, constant(frequencies, [1, frequencies.length]));
  const twice = (x: Tensor) => build.concat(x, x, { axis: 1 });
  const scaled = (x: Tensor) => twice(scale === 1 ? x : build.mul(x, scale));
  return { cos: scaled(build.cos(angles)), sin: scaled(build.sin(angles)) };
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
