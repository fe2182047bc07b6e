import { readFileSync } from "node:fs";
import type { PreferenceGroup } from "@borda/preferences";
import { splitGroups, type TrainOptions, train } from "../src";

// Trains by the settings in the file named by its argument, and tells each saved step, to be killed at one of them.
type Settings = Omit<TrainOptions, "groups"> & { readonly groups: PreferenceGroup[] };
const { groups, ...settings }: Settings = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
await train({
  ...settings,
  groups: splitGroups(groups),
  onEvent: (event) => {
    if (event.type === "saved") process.stdout.write(`${event.step}\n`);
  },
});
