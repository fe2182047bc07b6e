/** A BERT-like encoder and its batch, by their sizes. */
export interface Sizes {
  readonly rows: number;
  /** Of a row. */
  readonly tokens: number;
  readonly layers: number;
  readonly width: number;
}

/**
 * Floating-point operations of one training step: 6 N T for the linear layers and, for attention's two products of every
 * token with every token of its row, 12 L t w T (Kaplan et al. 2020, section 2.1; a backward pass is two forward passes).
 * N counts the layers' matrices alone, 12 w^2 each layer, since a table of embeddings is looked up and not multiplied.
 *
 * Example: 6 layers of 384, 16 x 128 tokens: 137.7e9.
 */
export function flopsOfStep({ rows, tokens, layers, width }: Sizes): number {
  const [linear, all] = [12 * layers * width ** 2, rows * tokens];
  return 6 * linear * all + 12 * layers * tokens * width * all;
}
