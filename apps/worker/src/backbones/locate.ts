import { isAbsolute } from "node:path";
import { readBackboneSource, writeBackboneSource } from "@borda/preferences";
import { fetchFromHub, type HubOptions } from "@borda/reward-model";
import { RemediableError } from "../failure";

/** How models of the hub are had here: where they are kept, and by whose right they are read. */
export type HubAccess = Pick<HubOptions, "cache" | "token" | "endpoint" | "retryDelay">;

export interface LocatedBackbone {
  /** What a training loads it from: its folder, or "starter". */
  readonly path: string;
  /** The source, for a model of the hub with its revision's commit. */
  readonly pinned: string;
}

/**
 * Where a backbone lies on this machine, fetched where it is of the hub and not here yet. Throws HubUnreachable,
 * DiskTooSmall, RemediableError for a path that is not whole, and the signal's reason.
 */
export async function locateBackbone(
  spec: string,
  hub: HubAccess & Pick<HubOptions, "signal" | "onProgress">,
): Promise<LocatedBackbone> {
  const source = readBackboneSource(spec);
  if (source?.kind === "hub") {
    const { folder, commit } = await fetchFromHub(source, hub);
    return { path: folder, pinned: writeBackboneSource({ ...source, revision: commit }) };
  }
  if (source?.kind === "folder" && !isAbsolute(source.path))
    throw new RemediableError(
      "RELATIVE_PATH",
      `${source.path} is not a whole path.`,
      "Give the folder's whole path on the worker's machine, from its root, such as /models/minilm.",
    );
  return { path: spec, pinned: spec };
}
