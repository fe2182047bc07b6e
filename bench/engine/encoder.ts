import { build as b, type Feeds, input, int64, parameter, type Tensor, type Weights } from "@borda/tensor";

/** Sizes of all-MiniLM-L6-v2. */
const [layers, width, heads, inner, words] = [6, 384, 12, 1536, 30_522];

/** An encoder of that size with random weights, a linear head on the mean, and the loss of pairs of neighbouring rows. */
export function encoder(): { readonly loss: Tensor; readonly weights: Weights } {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return seed / 0x7fffffff - 0.5;
  };
  const weight = (name: string, shape: readonly number[], draw = () => 0.05 * random()) => {
    const length = shape.reduce((product, dim) => product * dim, 1);
    weights.set(name, { shape, data: Float32Array.from({ length }, draw) });
    return parameter(name, shape);
  };
  const linear = (name: string, x: Tensor, out: number) =>
    b.linear(x, weight(`${name}.weight`, [out, x.shape.at(-1) as number]), weight(`${name}.bias`, [out]), {
      outFirst: true,
    });
  const norm = (name: string, x: Tensor) =>
    b.layerNorm(
      x,
      weight(`${name}.scale`, [width], () => 1),
      weight(`${name}.shift`, [width]),
      { epsilon: 1e-12 },
    );
  const split = (x: Tensor) =>
    b.transpose(b.reshape(x, { shape: ["n", "t", heads, width / heads] }), { permutation: [0, 2, 1, 3] });

  let hidden = norm("embedding", b.gather(weight("words", [words, width]), input("ids", ["n", "t"], "int64")));
  for (let layer = 0; layer < layers; layer++) {
    const [query, key, value] = ["query", "key", "value"].map((part) =>
      split(linear(`${layer}.${part}`, hidden, width)),
    ) as [Tensor, Tensor, Tensor];
    const scores = b.matmul(b.mul(query, (width / heads) ** -0.5), key, { transposeY: true });
    const mixed = b.transpose(b.matmul(b.softmax(scores, { axis: -1 }), value), { permutation: [0, 2, 1, 3] });
    const attended = linear(`${layer}.mixed`, b.reshape(mixed, { shape: ["n", "t", width] }), width);
    hidden = norm(`${layer}.attended`, b.add(hidden, attended));
    const up = b.gelu(linear(`${layer}.up`, hidden, inner));
    hidden = norm(`${layer}.fed`, b.add(hidden, linear(`${layer}.down`, up, width)));
  }
  const rewards = b.reshape(b.matmul(b.reduceMean(hidden, { axes: [1] }), weight("head", [width, 1])), {
    shape: ["n"],
  });
  const reward = (name: string) => b.gather(rewards, input(name, ["p"], "int64"));
  return { loss: b.reduceMean(b.softplus(b.sub(reward("second"), reward("first")))), weights };
}

/** A full batch of n rows (an even number) of t tokens. */
export function batch(n: number, t: number): Feeds {
  const rows = Array.from({ length: n / 2 }, (_, i) => 2 * i);
  return {
    ids: int64(
      Array.from({ length: n * t }, (_, i) => (i * 7919) % words),
      [n, t],
    ),
    first: int64(rows),
    second: int64(rows.map((row) => row + 1)),
  };
}
