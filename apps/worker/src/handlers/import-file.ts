import { type Import, ImportStopped, NotFound } from "@borda/database";
import { UnreadableDataset } from "@borda/datasets";
import type { ImportId } from "@borda/preferences";
import { considerRetraining, type Handler, type importFile, PermanentFailure } from "@borda/queue";
import { NotStored } from "@borda/storage";
import { importRows } from "../importing/import-rows";
import { isOutage } from "../outage";
import type { Services } from "../services";

/**
 * Reads an uploaded file into its project, in transactions of many rows. A delivery after a kill goes on behind the last
 * stored batch; a cancelled import stops between two batches and keeps what came in.
 */
export const handle: Handler<typeof importFile, Services> = async (
  { importId },
  { signal, lastAttempt, ...services },
) => {
  const { database, storage, log } = services;
  const started = await start(services, importId);
  if (!started) return;
  try {
    const { format, rows, issues } = await importRows(started, { database, storage, signal });
    await database.imports.finish(importId, format);
    log.info({ importId, format, rows, issues }, "import finished");
  } catch (error) {
    if (error instanceof ImportStopped) return ended(services, started, error.state);
    if (signal.aborted) throw error;
    // An outage passes, and so may what nobody foresaw; a file that cannot be read stays so.
    const hopeless = error instanceof UnreadableDataset || error instanceof NotStored;
    if (!hopeless && (isOutage(error) || !lastAttempt)) throw error;
    await database.imports.fail(importId, error instanceof Error ? error.message : String(error));
    throw hopeless ? new PermanentFailure(error) : error;
  }
  await ended(services, started, "FINISHED");
};

/** The import, now RUNNING; null when it has ended already. */
async function start(services: Omit<Services, "training">, importId: ImportId): Promise<Import | null> {
  try {
    return await services.database.imports.start(importId);
  } catch (error) {
    if (error instanceof NotFound) throw new PermanentFailure(error);
    // Not confirmed yet: the job came before its import was queued, and is right a moment later.
    if (!(error instanceof ImportStopped) || error.state === "UPLOADED") throw error;
    // A worker killed right after the end may have left the rest undone.
    await ended(services, await services.database.imports.get(importId), error.state);
    return null;
  }
}

/** The file of an import that ended well, or was cancelled, is needed no more; one that failed may be tried again. */
async function ended({ storage, queue, log }: Omit<Services, "training">, ended: Import, state: string): Promise<void> {
  log.info({ importId: ended.id, state }, "import ended");
  if (state === "FAILED") return;
  await storage.remove(ended.fileKey);
  await queue.add(considerRetraining, { projectId: ended.projectId, because: "new-comparisons" });
}
