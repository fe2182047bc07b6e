import { build } from "./build";
import { rewrite } from "./rewrite";
import type { OpName } from "./signatures";
import type { Tensor } from "./tensor";

/** The ops that multiply matrices; their first two inputs are the factors. */
const products: readonly OpName[] = ["matmul", "linear"];

type Named = Readonly<Record<string, Tensor>>;

/**
 * The same graphs with both factors of every matrix product rounded to bfloat16, and everything else in float32: by any
 * runtime the numbers of a processor or a GPU that multiplies bfloat16 and adds up in float32, at less than float32's speed.
 */
export function roundedProducts<G extends readonly Named[]>(...graphs: G): G {
  const tensors = graphs.flatMap((graph) => Object.values(graph));
  const rounded = rewrite(tensors, ({ op, attributes }, [x, y, ...rest]) => {
    if (!products.includes(op)) return undefined;
    const product = build[op] as (...args: readonly unknown[]) => Tensor;
    return product(build.roundBfloat16(x!), build.roundBfloat16(y!), ...rest, attributes);
  })[Symbol.iterator]();
  return graphs.map((graph) =>
    Object.fromEntries(Object.keys(graph).map((name) => [name, rounded.next().value!])),
  ) as unknown as G;
}
