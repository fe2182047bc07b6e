interface Bucket {
  tokens: number;
  at: number;
}

export interface RateLimit {
  /** Takes one token of `name`; 0 when there was one, else the seconds until there will be. */
  take(name: string): number;
}

export interface RateLimitOptions {
  /** Tokens a second that come back. */
  readonly rate: number;
  /** Tokens a full bucket holds. */
  readonly burst: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

const mostBuckets = 10_000;

/** A token bucket a name. */
export function createRateLimit({ rate, burst, now = () => performance.now() }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, Bucket>();

  function dropFull(at: number): void {
    for (const [name, bucket] of buckets) if (refilled(bucket, at) >= burst) buckets.delete(name);
  }

  function refilled({ tokens, at }: Bucket, time: number): number {
    return Math.min(burst, tokens + ((time - at) / 1000) * rate);
  }

  return {
    take(name) {
      const at = now();
      if (buckets.size > mostBuckets) dropFull(at);
      const tokens = refilled(buckets.get(name) ?? { tokens: burst, at }, at);
      buckets.set(name, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      return tokens >= 1 ? 0 : (1 - tokens) / rate;
    },
  };
}
