import { join } from "node:path";
import { fetchFromHub, parseHubSpec } from "@borda/reward-model";
import { readEnvironment } from "./env";
import { percent, tell } from "./output";

/** A folder, and for a model of the hub its name with the commit that was fetched. */
export interface ModelFolder {
  readonly folder: string;
  readonly pinned?: string;
}

/** Where a backbone lies: itself for a folder, and what the hub's cache holds for "hub:ORG/NAME@REVISION". */
export async function modelFolder(backbone: string, signal?: AbortSignal): Promise<ModelFolder> {
  const spec = parseHubSpec(backbone);
  if (!spec) return { folder: backbone };
  const { BORDA_HOME, HF_TOKEN, HF_ENDPOINT } = readEnvironment();
  const { folder, commit } = await fetchFromHub(spec, {
    cache: join(BORDA_HOME, "hub"),
    ...(HF_TOKEN !== undefined && { token: HF_TOKEN }),
    ...(HF_ENDPOINT !== undefined && { endpoint: HF_ENDPOINT.replace(/\/$/, "") }),
    ...(signal && { signal }),
    onProgress: progressTeller(),
  });
  return { folder, pinned: `hub:${spec.repository}@${commit}` };
}

/** Tells of each file when it begins, and of every tenth of it. */
function progressTeller() {
  const told = new Map<string, number>();
  return ({ file, bytes, of }: { readonly file: string; readonly bytes: number; readonly of: number }) => {
    const tenth = Math.floor((10 * bytes) / of);
    if (tenth <= (told.get(file) ?? -1)) return;
    told.set(file, tenth);
    tell(`${file}  ${percent(bytes / of)} of ${of} bytes`);
  };
}
