import { pythonWith } from "@borda/scripts/python";
import type { LabelingServer } from "../server";
import { startLabelStudio } from "./label-studio";
import { startPotato } from "./potato";

/** Starts a peer that is installed beside an interpreter, on a free port, with a folder of its own. */
export type StartPeer = (python: string) => Promise<LabelingServer>;

export const peers: readonly StartPeer[] = [startLabelStudio, startPotato];

/** With uwsgi and gunicorn, by which their own containers serve them. */
const packages = ["label-studio[uwsgi]==1.23.2", "potato-annotation==2.12.1", "gunicorn"];

/** The Python that was named by --python, or one with the peers below `home`, made once. */
export async function pythonOfPeers(named: string | undefined, home: string): Promise<string> {
  return named ?? (await pythonWith(home, "labeling-peers", packages));
}
