import { build, constant, type Tensor } from "@borda/tensor";
import type { ParameterOf } from "./linear";

export interface NormLayout {
  readonly epsilon: number;
  /** Whether there is a NAME.bias. True where left out. */
  readonly bias?: boolean;
}

/** Layer normalisation over the last axis (Ba et al. 2016, eq. 4) with NAME.weight and NAME.bias. */
export function layerNorm(x: Tensor, parameter: ParameterOf, name: string, layout: number | NormLayout): Tensor {
  const { epsilon, bias = true } = typeof layout === "number" ? { epsilon: layout } : layout;
  const scale = parameter(`${name}.weight`);
  const shift = bias ? parameter(`${name}.bias`) : constant(new Float32Array(x.shape.at(-1) as number));
  return build.layerNorm(x, scale, shift, { epsilon });
}

export interface RmsNormLayout {
  readonly epsilon: number;
  /** Added to NAME.weight: Gemma stores what the scale differs from 1 by. 0 where left out. */
  readonly offset?: number;
}

/** x / sqrt(mean of squares + epsilon) * (NAME.weight + offset) over the last axis (Zhang & Sennrich 2019, eq. 4). */
export function rmsNorm(
  x: Tensor,
  parameter: ParameterOf,
  name: string,
  { epsilon, offset = 0 }: RmsNormLayout,
): Tensor {
  const width = x.shape.at(-1) as number;
  const squares = build.reduceSum(build.square(x), { axes: [-1], keepDims: true });
  const unit = build.mul(x, build.rsqrt(build.add(build.mul(squares, 1 / width), epsilon)));
  const weight = parameter(`${name}.weight`);
  return build.mul(unit, offset === 0 ? weight : build.add(weight, offset));
}
