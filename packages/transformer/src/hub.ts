import { mkdir, rename, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBackboneSource } from "@borda/preferences";
import { HubApiError, type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { arrivedOf, DownloadRefused, download } from "./download";
import { DiskTooSmall, HubUnreachable } from "./errors";
import { withLock } from "./lock";
import { readIfPresent } from "./optional-file";

export interface HubOptions {
  /** Where fetched models are kept, each commit of each once. */
  readonly cache: string;
  /** For private and gated repositories. */
  readonly token?: string;
  /** Another hub than https://huggingface.co. */
  readonly endpoint?: string;
  /** Told of bytes as they arrive, also of those that an earlier call left or another one fetches. */
  readonly onProgress?: (progress: HubProgress) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds before the first retry of a broken download; they double with each. 1000 where left out. */
  readonly retryDelay?: number;
  /** Milliseconds between the signs of life that the call which fetches a commit gives to those that wait. 500 where left out. */
  readonly beat?: number;
}

export interface HubProgress {
  readonly file: string;
  /** Of this file. */
  readonly bytes: number;
  readonly of: number;
  /** Files that are there whole, of how many; bytes of all files together. */
  readonly files: { readonly done: number; readonly of: number };
  readonly total: { readonly bytes: number; readonly of: number };
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
  if (!spec.startsWith("hub:")) return undefined;
  const source = readBackboneSource(spec);
  if (source?.kind === "hub") return { repository: source.repository, revision: source.revision };
  throw new HubUnreachable(`${spec} names no model`, "write hub:ORG/NAME or hub:ORG/NAME@REVISION");
}

/**
 * The folder of a model of the hub, downloaded where the cache does not have that commit: config.json, tokenizer and
 * safetensors. A broken download goes on where it ended, now or in the next call; a folder of the cache is whole. Of
 * several calls for one commit, in whatever processes, one fetches and the others wait for it. Without a network a commit,
 * or a revision that was fetched before, is served from the cache. Throws HubUnreachable, and DiskTooSmall before the
 * first byte.
 */
export async function fetchFromHub(spec: HubSpec, options: HubOptions): Promise<FetchedModel> {
  const home = join(options.cache, spec.repository.replace("/", "--"));
  const known = await readCommit(home, spec.revision);
  if (known && known === spec.revision && (await isWhole(home, known)))
    return { folder: join(home, known), commit: known };
  const commit = await resolveCommit(spec, options, known);
  const folder = join(home, commit);
  if (!(await isWhole(home, commit))) await fetchCommit({ ...spec, revision: commit }, home, options);
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

async function fetchCommit(spec: HubSpec, home: string, options: HubOptions): Promise<void> {
  const folder = join(home, spec.revision);
  const partial = `${folder}.partial`;
  await mkdir(home, { recursive: true });
  try {
    const files = await filesToFetch(spec, options);
    const lock = {
      beat: options.beat ?? 500,
      ...(options.signal && { signal: options.signal }),
      onWait: () => tellOfOther(files, partial, options),
    };
    await withLock(`${folder}.lock`, lock, async (signal) => {
      if (await isWhole(home, spec.revision)) return;
      await mkdir(partial, { recursive: true });
      await assertRoom(partial, files);
      await fetchFiles(spec, files, partial, { ...options, signal });
      await rename(partial, folder);
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw explained(error, spec, options);
  }
}

async function fetchFiles(
  { repository, revision }: HubSpec,
  files: readonly ListFileEntry[],
  partial: string,
  options: HubOptions,
): Promise<void> {
  for (const [done, { path, size, lfs }] of files.entries()) {
    const tell = (bytes: number) => options.onProgress?.(progressOf(files, done, bytes));
    tell(await arrivedOf(join(partial, path)));
    const url = `${options.endpoint ?? hub}/${repository}/resolve/${revision}/${path}`;
    await download(url, join(partial, path), {
      size,
      ...(lfs && { sha256: lfs.oid }),
      ...(options.token !== undefined && { token: options.token }),
      ...(options.signal && { signal: options.signal }),
      retryDelay: options.retryDelay ?? 1000,
      onBytes: tell,
    });
  }
}

/** How far another call is that fetches these files; nothing before it has begun and when its folder has its name. */
async function tellOfOther(files: readonly ListFileEntry[], partial: string, options: HubOptions): Promise<void> {
  const arrived = await Promise.all(files.map(({ path }) => arrivedOf(join(partial, path))));
  const done = arrived.findLastIndex((bytes) => bytes > 0);
  if (done >= 0) options.onProgress?.(progressOf(files, done, arrived[done]!));
}

/** With `bytes` of the file `files[done]`, and all of those before it. */
function progressOf(files: readonly ListFileEntry[], done: number, bytes: number): HubProgress {
  const { path, size } = files[done]!;
  const sum = (some: readonly ListFileEntry[]) => some.reduce((total, file) => total + file.size, 0);
  return {
    ...{ file: path, bytes, of: size, files: { done, of: files.length } },
    total: { bytes: sum(files.slice(0, done)) + bytes, of: sum(files) },
  };
}

/** Throws DiskTooSmall where what is still to come would not fit. */
async function assertRoom(folder: string, files: readonly ListFileEntry[]): Promise<void> {
  const arrived = await Promise.all(files.map(({ path }) => arrivedOf(join(folder, path))));
  const needed = files.reduce((sum, { size }, index) => sum + size - arrived[index]!, 0);
  const { bavail, bsize } = await statfs(folder);
  if (needed > bavail * bsize) throw new DiskTooSmall(folder, needed, bavail * bsize);
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
      `${spec.repository} at ${spec.revision} has no ${missing.join(", no ")}`,
      "choose a model that has, or convert it with save_pretrained of transformers and name the folder",
    );
  return chosen;
}

const access = ({ token, endpoint }: HubOptions) => ({
  ...(endpoint !== undefined && { hubUrl: endpoint }),
  ...(token !== undefined && { accessToken: token }),
});

/** The error with what to do about it. */
function explained(error: unknown, { repository, revision }: HubSpec, { endpoint = hub, token }: HubOptions): Error {
  if (error instanceof HubUnreachable || error instanceof DiskTooSmall) return error;
  const what = `${repository} at ${revision}`;
  const status =
    error instanceof HubApiError ? error.statusCode : error instanceof DownloadRefused ? error.status : undefined;
  const explain = (problem: string, remedy: string) => new HubUnreachable(problem, remedy, { cause: error });
  if (status === 401 || status === 403)
    return explain(
      `${what} is private, gated, or not there`,
      `accept its terms at ${endpoint}/${repository} and ${token ? "use a token that may read it" : "set HF_TOKEN to a token that may read it"}`,
    );
  if (status === 404)
    return explain(
      `${what} is not on ${endpoint}`,
      `check its name and revision${token ? "" : ", or set HF_TOKEN if it is private"}`,
    );
  return explain(
    `${what} cannot be fetched from ${endpoint} (${reasonOf(error)})`,
    "try again, what has arrived is kept; or name a local folder",
  );
}

/** fetch says "fetch failed" whatever happened; its cause says what. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
