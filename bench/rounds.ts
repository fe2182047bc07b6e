/** What is measured beside others: its name in the table, and the measurement of a round, in a process of its own. */
export interface Contestant<T> {
  readonly name: string;
  readonly measure: (round: number) => Promise<T>;
}

/**
 * Measures every contestant once a round, one after the other, every second round in the opposite order: what else the
 * machine does meets all alike. Gives each one's measurements, round by round.
 */
export async function inRounds<T>(contestants: readonly Contestant<T>[], rounds: number): Promise<Map<string, T[]>> {
  const found = new Map<string, T[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? contestants : [...contestants].reverse();
    for (const { name, measure } of order) {
      process.stderr.write(`${name}, round ${round + 1} of ${rounds} ...\n`);
      found.get(name)!.push(await measure(round));
    }
  }
  return found;
}
