/**
 * What a run of the model costs beside its tokens, in tokens: the walk through the graph, products of few rows, which are
 * slower, and threads that wait for each other. Within a factor of two of it the choice hardly matters.
 */
const RUN_TOKENS = 48;

/**
 * Indices of rows, shortest first, cut into runs that cost least together: a run of n rows costs n times its longest row,
 * since the others are padded, and `runTokens`. None holds more than `tokenBudget` tokens with padding, but for a row that
 * does so alone. Sorting makes runs neighbours, and the best cut before a row follows from the best cuts before it
 * (Bellman 1957).
 *
 * Example: rows of 500, 20 and 500 tokens are the runs [1] and [0, 2], where one run would compute 480 tokens more.
 */
export function cheapestRuns(
  lengths: readonly number[],
  tokenBudget: number,
  runTokens: number = RUN_TOKENS,
): number[][] {
  const order = [...lengths.keys()].sort((p, q) => lengths[p]! - lengths[q]!);
  /** Of the first rows of the order, how many: the least cost, and where its last run begins. */
  const least = [0];
  const begins = [0];
  for (let end = 1; end <= order.length; end++) {
    const longest = lengths[order[end - 1]!]!;
    let [cost, begin] = [least[end - 1]! + longest + runTokens, end - 1];
    for (let start = end - 2; start >= 0 && (end - start) * longest <= tokenBudget; start--) {
      const together = least[start]! + (end - start) * longest + runTokens;
      if (together < cost) [cost, begin] = [together, start];
    }
    least.push(cost);
    begins.push(begin);
  }
  const runs: number[][] = [];
  for (let end = order.length; end > 0; end = begins[end]!) runs.push(order.slice(begins[end]!, end));
  return runs.reverse();
}
