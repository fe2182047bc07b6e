import type { BatchRow, Database, Import, ImportIssue } from "@borda/database";
import { type DatasetRow, keyOf, openDataset, textHash } from "@borda/datasets";
import type { Storage } from "@borda/storage";

/** Rows of one transaction at most, and characters of text: what is held in memory at once. */
const batchLimits = { rows: 500, issues: 500, characters: 4_000_000 };

export interface ImportedRows {
  readonly format: string;
  readonly rows: number;
  readonly issues: number;
}

/**
 * Streams the import's file into the database, a batch at a time. Rows that an earlier delivery stored are read past.
 * Throws UnreadableDataset, NotStored, ImportStopped once it is cancelled, and the signal's reason.
 */
export async function importRows(
  { id, fileKey, bytes, rowsRead: stored }: Import,
  { database, storage, signal }: { database: Database; storage: Storage; signal: AbortSignal },
): Promise<ImportedRows> {
  const source = await storage.get(fileKey);
  const { format, events } = await openDataset(source, { signal });
  const batch = { rows: [] as BatchRow[], issues: [] as ImportIssue[], characters: 0 };
  let rows = 0;
  let issues = 0;

  const store = async (bytesRead: number) => {
    signal.throwIfAborted();
    if (batch.issues.length > 0) await database.imports.addIssues(id, batch.issues);
    await database.imports.addBatch(id, batch.rows, { bytesRead, rowsRead: Math.max(rows, stored) });
    Object.assign(batch, { rows: [], issues: [], characters: 0 });
  };

  for await (const event of events) {
    if (event.type === "issue") {
      issues += 1;
      batch.issues.push(event.issue);
    } else {
      rows += 1;
      if (rows <= stored) continue;
      batch.rows.push(batchRowOf(event.row));
      batch.characters += charactersOf(event.row);
    }
    const { rows: waiting, issues: told, characters } = batch;
    if (waiting.length >= batchLimits.rows || told.length >= batchLimits.issues || characters >= batchLimits.characters)
      await store(event.bytes);
  }
  await store(bytes);
  return { format: format.name, rows, issues };
}

function batchRowOf({ group: { prompt, completions, rankings } }: DatasetRow): BatchRow {
  return {
    prompt,
    contentHash: keyOf(prompt),
    completions: completions.map(({ text, model }) => ({ text, textHash: textHash(text), model })),
    rankings,
  };
}

function charactersOf({ group: { prompt, completions } }: DatasetRow): number {
  const own = typeof prompt === "string" ? prompt.length : prompt.reduce((sum, { content }) => sum + content.length, 0);
  return completions.reduce((sum, { text }) => sum + text.length, own);
}
