import type { Batcher } from "../inference/batcher";
import type { Checkpoints } from "../serving/checkpoints";
import type { Caller } from "./callers";
import { ScoringFailure } from "./errors";
import type { ScoreRequest } from "./request";

/** Body of a reply to POST /v1/scores. All lists stand in the order of the request. */
export interface Scores {
  readonly checkpoint: string;
  /** A reward each; rewards compare under one prompt and one checkpoint. */
  readonly scores: readonly number[];
  /** Tokens that the model read for each, those of the prompt included. */
  readonly tokens: readonly number[];
  /** For each, whether something was cut away to fit the model. */
  readonly truncated: readonly boolean[];
}

/** What scoring needs of the rest of the process. */
export interface Scoring {
  readonly checkpoints: Checkpoints;
  readonly batcher: Batcher;
}

/** Groups that may wait; who sends faster than the model scores is told so instead of waiting for ever. */
const mostWaiting = { ofCaller: 16_384, inAll: 65_536 } as const;

/**
 * Scores one request on one checkpoint from its beginning to its end, whatever is published meanwhile. Throws
 * ScoringFailure, InferenceFailed, or the signal's reason when the caller hung up.
 */
export async function scoreRequest(
  caller: Caller,
  { groups, checkpoint: pinned }: ScoreRequest,
  signal: AbortSignal,
  { checkpoints, batcher }: Scoring,
): Promise<Scores> {
  if (batcher.waitingOf(caller.name) + groups.length > mostWaiting.ofCaller) {
    throw new ScoringFailure("rate_limited", "Too much of this key is waiting already: wait for replies first.", {
      retryAfterSeconds: 2,
    });
  }
  if (batcher.waiting + groups.length > mostWaiting.inAll) {
    throw new ScoringFailure("overloaded", "Too many requests wait: try again soon.", { retryAfterSeconds: 2 });
  }
  const { checkpoint, release } = await checkpoints.use(caller.projectId, pinned);
  try {
    const scored = await batcher.score({ caller: caller.name, checkpoint: checkpoint.id, groups, signal });
    const flat = scored.flat();
    return {
      checkpoint: checkpoint.id,
      scores: flat.map(({ reward }) => reward),
      tokens: flat.map(({ tokens }) => tokens),
      truncated: flat.map(({ truncated }) => truncated),
    };
  } finally {
    release();
  }
}
