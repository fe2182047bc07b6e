import type { Labeler } from "./labeler";

/** Every server gets the same: prompts with k completions to be put in order, each wanted from so many labelers. */
export const k = 4;
export const overlap = 2;

/** A labeling server that runs for the load: Borda, or a peer. */
export interface LabelingServer {
  readonly name: string;
  /** A project with the first `prompts` of promptRows as its tasks. */
  fill(prompts: number): Promise<Project>;
  /** Ends it and removes what it kept. */
  close(): Promise<void>;
}

export interface Project {
  /** So many new people, signed in. */
  join(count: number): Promise<readonly Labeler[]>;
  /** How many rankings it holds of each prompt that has any. */
  rankingCounts(): Promise<readonly number[]>;
}
