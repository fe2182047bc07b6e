import { build, type Tensor } from "@borda/tensor";

/** Gives the parameter of a name; see ForwardInputs.parameter. */
export type ParameterOf = (name: string) => Tensor;

export interface LinearLayout {
  /** Whether there is a NAME.bias. True where left out. */
  readonly bias?: boolean;
  /** NAME.weight is [out, in], as torch.nn.Linear keeps it, and not [in, out] as GPT-2's Conv1D. True where left out. */
  readonly outFirst?: boolean;
}

/** x [..., in] times NAME.weight plus NAME.bias [out] -> [..., out]. */
export function linear(
  x: Tensor,
  parameter: ParameterOf,
  name: string,
  { bias = true, outFirst = true }: LinearLayout = {},
): Tensor {
  const weight = parameter(`${name}.weight`);
  return bias
    ? build.linear(x, weight, parameter(`${name}.bias`), { outFirst })
    : build.matmul(x, weight, { transposeY: outFirst });
}

/**
 * Rows of NAME.weight [rows, width] by ids [...] -> [..., width]. The row `untrained` gets no gradient: a padding token
 * inside a text stays what it was, as in PyTorch.
 */
export function embedding(ids: Tensor, parameter: ParameterOf, name: string, untrained?: number | null): Tensor {
  return build.gather(parameter(`${name}.weight`), ids, untrained == null ? {} : { untrained });
}
