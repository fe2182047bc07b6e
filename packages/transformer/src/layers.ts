import { build, type Tensor } from "@borda/tensor";

/** Gives the parameter of a name; see ForwardInputs.parameter. */
export type ParameterOf = (name: string) => Tensor;

/** x [..., in] times NAME.weight [out, in] plus NAME.bias [out], as PyTorch keeps them. */
export function linear(x: Tensor, parameter: ParameterOf, name: string): Tensor {
  return build.linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`), { outFirst: true });
}

/** Layer normalisation over the last axis with NAME.weight and NAME.bias. */
export function layerNorm(x: Tensor, parameter: ParameterOf, name: string, epsilon: number): Tensor {
  return build.layerNorm(x, parameter(`${name}.weight`), parameter(`${name}.bias`), { epsilon });
}

/** Rows of NAME.weight [rows, width] by ids [n, t] -> [n, t, width]. */
export function embedding(ids: Tensor, parameter: ParameterOf, name: string): Tensor {
  return build.gather(parameter(`${name}.weight`), ids);
}

/**
 * What is added to attention scores so that no query sees padding: 0 on a token, -1e9 on padding. Finite, so that a row
 * of padding alone gives numbers and not NaN. int64 [n, t] -> [n, 1, 1, t].
 */
export function paddingBias(attentionMask: Tensor): Tensor {
  const [n, t] = [attentionMask.shape[0]!, attentionMask.shape[1]!];
  const bias = build.mul(build.sub(1, build.cast(attentionMask, { to: "float32" })), -1e9);
  return build.reshape(bias, { shape: [n, 1, 1, t] });
}

/**
 * Scaled dot-product attention in heads (Vaswani et al. 2017, eq. 1): softmax(q k^T / sqrt(d) + bias) v.
 * query, key and value [n, t, heads * d], bias broadcasting to [n, heads, t, t]; gives [n, t, heads * d].
 */
export function attend(query: Tensor, key: Tensor, value: Tensor, heads: number, bias: Tensor): Tensor {
  const [n, t, width] = [query.shape[0]!, query.shape[1]!, query.shape[2] as number];
  const size = width / heads;
  const split = (x: Tensor) =>
    build.transpose(build.reshape(x, { shape: [n, t, heads, size] }), { permutation: [0, 2, 1, 3] });
  const scores = build.matmul(build.mul(split(query), size ** -0.5), split(key), { transposeY: true });
  const mixed = build.matmul(build.softmax(build.add(scores, bias), { axis: -1 }), split(value));
  return build.reshape(build.transpose(mixed, { permutation: [0, 2, 1, 3] }), { shape: [n, t, width] });
}

/** Mean over the tokens of each row: hidden [n, t, h], mask [n, t] -> [n, h]; zeros for a row without a token. */
export function meanOverTokens(hidden: Tensor, mask: Tensor): Tensor {
  const [n, t] = [hidden.shape[0]!, hidden.shape[1]!];
  const kept = build.reshape(build.cast(mask, { to: "float32" }), { shape: [n, t, 1] });
  const count = build.maximum(build.reduceSum(kept, { axes: [1] }), 1);
  return build.div(build.reduceSum(build.mul(hidden, kept), { axes: [1] }), count);
}
