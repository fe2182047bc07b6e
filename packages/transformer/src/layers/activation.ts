import { build, type Tensor } from "@borda/tensor";
import { z } from "zod";

/** What `hidden_act` and its kin may say, by transformers' names (its table ACT2FN). */
export const activations = {
  gelu: build.gelu,
  gelu_python: build.gelu,
  gelu_new: build.geluTanh,
  gelu_pytorch_tanh: build.geluTanh,
  gelu_python_tanh: build.geluTanh,
  gelu_fast: build.geluTanh,
  gelu_accurate: build.geluTanh,
  quick_gelu: (x: Tensor) => build.mul(x, build.sigmoid(build.mul(x, 1.702))),
  relu: build.relu,
  relu2: (x: Tensor) => build.square(build.relu(x)),
  silu: build.silu,
  swish: build.silu,
  sigmoid: build.sigmoid,
  tanh: build.tanh,
  linear: (x: Tensor) => x,
} as const satisfies Record<string, (x: Tensor) => Tensor>;

export type ActivationName = keyof typeof activations;

export const Activation = z.enum(Object.keys(activations) as [ActivationName, ...ActivationName[]]);

export function activate(name: ActivationName, x: Tensor): Tensor {
  return activations[name](x);
}
