import { type PreferenceGroup, splitOf } from "@borda/preferences";

export interface SplitGroups {
  readonly train: PreferenceGroup[];
  readonly heldOut: PreferenceGroup[];
}

/** Groups by the side that the stable hash of their prompt gives them; see splitOf. */
export function splitGroups(groups: readonly PreferenceGroup[], heldOutShare = 0.1): SplitGroups {
  const heldOut = groups.filter(({ key }) => splitOf(key, heldOutShare) === "held-out");
  const held = new Set(heldOut);
  return { train: groups.filter((group) => !held.has(group)), heldOut };
}
