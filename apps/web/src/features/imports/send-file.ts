import type { ImportId, ProjectId } from "@borda/preferences";
import { FileProblem, PREVIEW_BYTES, PreviewView } from "./views";

/** Sends the beginning of a file and answers what is recognised in it; nothing is stored. */
export async function previewFile(file: File): Promise<PreviewView> {
  const reply = await fetch("/api/imports/preview", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file.slice(0, PREVIEW_BYTES),
  });
  const body: unknown = await reply.json().catch(() => null);
  if (!reply.ok) throw problemIn(body);
  return PreviewView.parse(body);
}

/**
 * Streams a file up and queues its import. `onProgress` is told of the bytes sent so far. XMLHttpRequest, because
 * fetch tells nothing of an upload's progress.
 */
export function uploadFile(
  projectId: ProjectId,
  file: File,
  { onProgress, signal }: { onProgress: (bytes: number) => void; signal: AbortSignal },
): Promise<{ importId: ImportId }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onload = () => {
      if (request.status === 201) resolve(request.response as { importId: ImportId });
      else reject(problemIn(request.response));
    };
    request.onerror = () => reject(new Error("The connection broke off and nothing was stored. Try again."));
    request.onabort = () => reject(new UploadStopped());
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.open("POST", `/api/imports?${new URLSearchParams({ projectId, fileName: file.name })}`);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.send(file);
  });
}

/** The person who started an upload stopped it. */
export class UploadStopped extends Error {
  constructor() {
    super("The upload was stopped; nothing was stored.");
    this.name = "UploadStopped";
  }
}

function problemIn(body: unknown): Error {
  const problem = FileProblem.safeParse(body);
  return new Error(problem.success ? problem.data.message : "The server's answer was cut off. Try again.");
}
