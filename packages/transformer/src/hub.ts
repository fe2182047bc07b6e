import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HubApiError, type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { download } from "./download";
import { HubUnreachable } from "./errors";
import { readIfPresent } from "./optional-file";

export interface HubOptions {
  /** Where fetched models are kept, each commit of each once. */
  readonly cache: string;
  /** For private and gated repositories. */
  readonly token?: string;
  /** Another hub than https://huggingface.co. */
  readonly endpoint?: string;
  /** Told of bytes as they arrive. */
  readonly onProgress?: (progress: { readonly file: string; readonly bytes: number; readonly of: number }) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds before the first retry of a broken download; they double with each. 1000 where left out. */
  readonly retryDelay?: number;
}

/** A repository at a revision: a branch, a tag or a commit. */
export interface HubSpec {
  readonly repository: string;
  readonly revision: string;
}

export interface FetchedModel {
  readonly folder: string;
  /** What the revision pointed to. */
  readonly commit: string;
}

const hub = "https://huggingface.co";
const single = "model.safetensors";
const wanted = /^(config|tokenizer|tokenizer_config|special_tokens_map)\.json$|^chat_template\.jinja$/;
const shards = /^model-\d+-of-\d+\.safetensors$|^model\.safetensors\.index\.json$/;

/** Reads "hub:ORG/NAME@REVISION"; the revision is "main" where left out. Nothing for what does not begin with "hub:". */
export function parseHubSpec(spec: string): HubSpec | undefined {
  const [, repository, revision = "main"] = /^hub:([\w.-]+\/[\w.-]+)(?:@([\w./-]+))?$/.exec(spec) ?? [];
  if (repository) return { repository, revision };
  if (spec.startsWith("hub:"))
    throw new HubUnreachable(`${spec} names no model: write hub:ORG/NAME or hub:ORG/NAME@REVISION.`);
  return undefined;
}

/**
 * The folder of a model of the hub, downloaded where the cache does not have that commit: config.json, tokenizer and
 * safetensors. A broken download goes on where it ended, now or in the next call; a folder of the cache is whole.
 * Without a network a commit, or a revision that was fetched before, is served from the cache. Throws HubUnreachable.
 */
export async function fetchFromHub(spec: HubSpec, options: HubOptions): Promise<FetchedModel> {
  const home = join(options.cache, spec.repository.replace("/", "--"));
  const known = await readCommit(home, spec.revision);
  if (known && known === spec.revision && (await isWhole(home, known)))
    return { folder: join(home, known), commit: known };
  const commit = await resolveCommit(spec, options, known);
  const folder = join(home, commit);
  if (!(await isWhole(home, commit))) await fetchCommit({ ...spec, revision: commit }, folder, options);
  await writeFile(referenceFile(home, spec.revision), commit);
  return { folder, commit };
}

const referenceFile = (home: string, revision: string) => join(home, `${revision.replaceAll("/", "--")}.commit`);

/** The commit that a revision pointed to when it was last fetched; a whole hash points to itself. */
async function readCommit(home: string, revision: string): Promise<string | undefined> {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  return readIfPresent(referenceFile(home, revision));
}

/** A folder gets its name when everything is in it. */
async function isWhole(home: string, commit: string): Promise<boolean> {
  return (await readIfPresent(join(home, commit, "config.json"))) !== undefined;
}

async function resolveCommit(spec: HubSpec, options: HubOptions, known: string | undefined): Promise<string> {
  try {
    const { sha } = await modelInfo({
      name: spec.repository,
      revision: spec.revision,
      additionalFields: ["sha"],
      ...access(options),
    });
    return sha;
  } catch (error) {
    if (!(error instanceof HubApiError) && known) return known;
    throw explained(error, spec, options);
  }
}

async function fetchCommit(spec: HubSpec, folder: string, options: HubOptions): Promise<void> {
  const partial = `${folder}.partial`;
  await mkdir(partial, { recursive: true });
  const { repository, revision } = spec;
  try {
    for (const { path, size, lfs } of await filesToFetch(spec, options)) {
      const url = `${options.endpoint ?? hub}/${repository}/resolve/${revision}/${path}`;
      await download(url, join(partial, path), {
        size,
        ...(lfs && { sha256: lfs.oid }),
        ...(options.token !== undefined && { token: options.token }),
        ...(options.signal && { signal: options.signal }),
        retryDelay: options.retryDelay ?? 1000,
        onBytes: (bytes) => options.onProgress?.({ file: path, bytes, of: size }),
      });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explained(error, spec, options);
  }
  await rename(partial, folder);
}

async function filesToFetch(spec: HubSpec, options: HubOptions): Promise<ListFileEntry[]> {
  const files: ListFileEntry[] = [];
  for await (const file of listFiles({ repo: spec.repository, revision: spec.revision, ...access(options) }))
    files.push(file);
  const whole = files.some(({ path }) => path === single);
  const chosen = files.filter(({ path }) => wanted.test(path) || (whole ? path === single : shards.test(path)));
  const has = (name: RegExp) => chosen.some(({ path }) => name.test(path));
  const missing = [
    ...(has(/^config\.json$/) ? [] : ["config.json"]),
    ...(has(/^tokenizer\.json$/) ? [] : ["tokenizer.json"]),
    ...(has(/\.safetensors$/) ? [] : [`${single} or its shards`]),
  ];
  if (missing.length > 0)
    throw new HubUnreachable(
      `${spec.repository} at ${spec.revision} has no ${missing.join(", no ")}: choose a model that has, or convert it with save_pretrained of transformers and name the folder.`,
    );
  return chosen;
}

const access = ({ token, endpoint }: HubOptions) => ({
  ...(endpoint !== undefined && { hubUrl: endpoint }),
  ...(token !== undefined && { accessToken: token }),
});

/** The error with what to do about it. */
function explained(error: unknown, { repository, revision }: HubSpec, { endpoint = hub, token }: HubOptions): Error {
  if (error instanceof HubUnreachable) return error;
  const what = `${repository} at ${revision}`;
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  const message =
    status === 401 || status === 403
      ? `${what} is private, gated, or not there: accept its terms at ${endpoint}/${repository} and ${token ? "use a token that may read it" : "set HF_TOKEN to a token that may read it"}.`
      : status === 404
        ? `${what} is not on ${endpoint}: check its name and revision${token ? "" : ", or set HF_TOKEN if it is private"}.`
        : `${what} cannot be fetched from ${endpoint} (${(error as Error).message}): try again, what has arrived is kept; or name a local folder.`;
  return new HubUnreachable(message, { cause: error });
}
