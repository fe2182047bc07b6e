import { build, type Tensor } from "@borda/tensor";
import { type ActivationName, activate } from "./activation";
import { type LinearLayout, linear, type ParameterOf } from "./linear";

/** activation(x INWARD) OUTWARD, each a linear layer. */
export function feedForward(
  x: Tensor,
  parameter: ParameterOf,
  names: { readonly inward: string; readonly outward: string },
  activation: ActivationName,
  layout: LinearLayout = {},
): Tensor {
  const wide = activate(activation, linear(x, parameter, names.inward, layout));
  return linear(wide, parameter, names.outward, layout);
}

/** (activation(x GATE) * x UP) DOWN: SwiGLU with silu, GeGLU with gelu (Shazeer 2020, eq. 6). */
export function gatedFeedForward(
  x: Tensor,
  parameter: ParameterOf,
  names: { readonly gate: string; readonly up: string; readonly down: string },
  activation: ActivationName,
  layout: LinearLayout = {},
): Tensor {
  const gate = activate(activation, linear(x, parameter, names.gate, layout));
  return linear(build.mul(gate, linear(x, parameter, names.up, layout)), parameter, names.down, layout);
}
