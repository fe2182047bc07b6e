import type { OpName } from "@borda/tensor";

/** The ops whose result has each element from the elements at its place, NumPy's stretching aside. */
export const elementwise: readonly OpName[] = [
  ...(["add", "sub", "mul", "div", "remainder", "maximum", "minimum", "clip"] as const),
  ...(["neg", "square", "exp", "log", "sqrt", "rsqrt", "abs", "erf", "sin", "cos"] as const),
  ...(["gelu", "geluTanh", "relu", "tanh", "sigmoid", "softplus", "silu"] as const),
  ...(["equal", "greater", "greaterOrEqual", "less", "lessOrEqual", "and", "or", "not", "where", "cast"] as const),
];

/** The same rule for each of some ops. */
export function named<Rule>(ops: readonly OpName[], rule: Rule): Partial<Record<OpName, Rule>> {
  return Object.fromEntries(ops.map((op) => [op, rule]));
}
