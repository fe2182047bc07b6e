import { randomUUID } from "node:crypto";
import type { ImportId, ProjectId, UserId } from "@borda/preferences";
import { importFile } from "@borda/queue";
import type { Context } from "@/server/context";

export interface Upload {
  readonly projectId: ProjectId;
  readonly fileName: string;
  readonly source: AsyncIterable<Uint8Array>;
  /** Throws TooLarge beyond it. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly createdBy: UserId;
}

/**
 * Streams a file into storage, enters it as an import of the project and queues its reading. What is stored of a file
 * that breaks off is removed, and nothing is entered.
 */
export async function importUpload(
  { database, queue, storage }: Pick<Context, "database" | "queue" | "storage">,
  { projectId, fileName, source, maxBytes, signal, createdBy }: Upload,
): Promise<{ importId: ImportId }> {
  const fileKey = `uploads/${randomUUID()}`;
  const { bytes } = await storage.put(fileKey, source, { maxBytes, ...(signal ? { signal } : {}) });
  let importId: ImportId;
  try {
    ({ id: importId } = await database.imports.create({ projectId, fileName, fileKey, bytes, createdBy }));
  } catch (error) {
    await storage.remove(fileKey);
    throw error;
  }
  await database.imports.queue(importId);
  try {
    await queue.add(importFile, { importId });
  } catch (error) {
    await database.imports.fail(importId, "It could not be queued. Import the file again.");
    throw error;
  }
  return { importId };
}
