import type { APIRequestContext } from "@playwright/test";

/** The app's procedures over HTTP, with the cookies of the page that the context belongs to. Throws what was refused. */
export interface Api {
  query<T>(path: string, input: unknown): Promise<T>;
  mutate<T>(path: string, input: unknown): Promise<T>;
  /** Puts a file into a project, waits until all of it is in, and tells the import's id. */
  importFile(projectId: string, fileName: string, content: string): Promise<string>;
}

export function apiOf(request: APIRequestContext, webUrl: string): Api {
  const headers = { origin: webUrl };
  const url = (path: string) => new URL(`/api/trpc/${path}`, webUrl).href;
  const api: Api = {
    async query(path, input) {
      return resultOf(await request.get(url(path), { headers, params: { input: JSON.stringify({ json: input }) } }));
    },
    async mutate(path, input) {
      return resultOf(await request.post(url(path), { headers, data: { json: input } }));
    },
    async importFile(projectId, fileName, content) {
      const reply = await request.post(new URL("/api/imports", webUrl).href, {
        headers: { ...headers, "content-type": "application/octet-stream" },
        params: { projectId, fileName },
        data: Buffer.from(content),
      });
      const { importId } = (await reply.json()) as { importId: string };
      await until(async () => {
        const { state } = await api.query<{ state: string }>("imports.get", { importId });
        if (state === "FAILED" || state === "CANCELLED") throw new Error(`The import ended as ${state}.`);
        return state === "FINISHED";
      });
      return importId;
    },
  };
  return api;
}

async function resultOf<T>(reply: { ok(): boolean; status(): number; text(): Promise<string> }): Promise<T> {
  const text = await reply.text();
  if (!reply.ok()) throw new Error(`${reply.status()} ${text}`);
  return (JSON.parse(text) as { result: { data: { json: T } } }).result.data.json;
}

/** Asks again and again, `everyMs` apart, until the answer is yes. The test's own timeout is the end of patience. */
export async function until(question: () => Promise<boolean>, everyMs = 100): Promise<void> {
  while (!(await question())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}

/** Repeats what may fail while a killed part comes back. */
export async function persist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      // A refusal is an answer and not an outage; 429 and 5xx pass by themselves.
      if (/^4(?!29)\d\d /.test(error instanceof Error ? error.message : "")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
