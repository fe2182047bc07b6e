/** Of all copies of the weights together, in bytes. */
const COPIES_BYTES = 2 ** 30;
/** Of sessions side by side: padded tokens of a thread's batch, which keep what a layer makes of them in its second cache. */
const THREAD_TOKENS = 256;

/**
 * The most sessions of weights of so many bytes each that share the threads evenly and fit beside the `held` copies that are
 * there already; 1 where copies are too large.
 */
export function sessionsFor(bytes: number, threads: number, held = 0): number {
  let sessions = Math.max(1, Math.min(threads, Math.floor(COPIES_BYTES / bytes) - held));
  while (threads % sessions !== 0) sessions -= 1;
  return sessions;
}

/** Padded tokens of a batch of one of the sessions that share the threads. */
export function sessionTokens(threads: number, sessions: number): number {
  return (THREAD_TOKENS * threads) / sessions;
}
