import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { DatasetFormat, FileSample, FormatName } from "./format";
import { formats } from "./formats";
import { type FileRecord, recordsOf } from "./records";
import { type DatasetEvent, type DatasetRow, quotable, type RowIssue, RowProblem } from "./row";

/** A file that cannot be read as a dataset at all; the message names the remedy. */
export class UnreadableDataset extends Error {
  constructor(
    readonly code: "EMPTY_FILE" | "UNKNOWN_FORMAT" | "DAMAGED_GZIP",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "UnreadableDataset";
  }
}

export interface OpenedDataset {
  readonly format: DatasetFormat;
  /** Fields of the first records that the format does not read: somebody's own, or a name that is spelled wrong. */
  readonly ignored: readonly string[];
  /** Once only. Ending the iteration early closes the source. */
  readonly events: AsyncIterable<DatasetEvent>;
}

/** Records that are looked at to recognise a format. */
const SAMPLE_RECORDS = 20;
/** Ignored fields that are told at most. */
const IGNORED_TOLD = 20;

/**
 * Opens a file of preferences: plain or gzip, JSON Lines or one JSON list, of any known format, all told by content.
 * Memory does not grow with the file. Throws UnreadableDataset; rows that cannot be read are events, not errors.
 */
export async function openDataset(
  source: AsyncIterable<Uint8Array>,
  options: { readonly format?: FormatName; readonly signal?: AbortSignal } = {},
): Promise<OpenedDataset> {
  let bytes = 0;
  const counted = counting(source, (size) => {
    bytes += size;
    options.signal?.throwIfAborted();
  });
  const records = recordsOf(plain(counted), () => bytes);
  const first: FileRecord[] = [];
  while (first.length < SAMPLE_RECORDS) {
    const next = await records.next();
    if (next.done) break;
    first.push(next.value);
  }
  try {
    const format = options.format ? formats[options.format] : recognise(first);
    return { format, ignored: ignoredFields(format, first), events: eventsOf(format, first, records) };
  } catch (error) {
    await records.return(undefined);
    throw error;
  }
}

function recognise(first: readonly FileRecord[]): DatasetFormat {
  if (first.length === 0) throw new UnreadableDataset("EMPTY_FILE", "The file has no rows. Choose a file with data.");
  const sample = sampleOf(first);
  const [best] = Object.values(formats)
    .map((format) => ({ format, confidence: format.recognise(sample) }))
    .sort((p, q) => q.confidence - p.confidence);
  if (best && best.confidence > 0) return best.format;
  const [fault] = first.flatMap((record) =>
    "fault" in record ? [`Line ${record.line} ${record.fault.problem}.`] : [],
  );
  const titles = Object.values(formats).map(({ title }) => title);
  throw new UnreadableDataset(
    "UNKNOWN_FORMAT",
    `${fault ?? "The rows have the fields of no known format."} Give a file of one of these: ${titles.join(", ")}.`,
  );
}

function sampleOf(first: readonly FileRecord[]): FileSample {
  return first.flatMap((record) => ("value" in record ? [record.value] : []));
}

function ignoredFields({ fields }: DatasetFormat, first: readonly FileRecord[]): string[] {
  if (!fields) return [];
  const objects = sampleOf(first).filter((value) => typeof value === "object" && !Array.isArray(value));
  const found = new Set(objects.flatMap((value) => Object.keys(value ?? {})));
  const ignored = [...found].filter((field) => !fields.includes(field));
  return ignored.slice(0, IGNORED_TOLD).map(quotable);
}

async function* eventsOf(
  format: DatasetFormat,
  first: readonly FileRecord[],
  rest: AsyncGenerator<FileRecord>,
): AsyncGenerator<DatasetEvent> {
  try {
    for (const record of first) yield* eventsOfRecord(format, record);
    for await (const record of rest) yield* eventsOfRecord(format, record);
  } finally {
    await rest.return(undefined);
  }
}

function* eventsOfRecord(format: DatasetFormat, record: FileRecord): Generator<DatasetEvent> {
  const { line, bytes } = record;
  if ("fault" in record) {
    yield { type: "issue", issue: { line, field: "", ...record.fault }, bytes };
    return;
  }
  try {
    for (const found of format.read(record.value, line)) {
      if (found instanceof RowProblem) yield { type: "issue", issue: issueOf(found, line), bytes };
      else yield { type: "row", row: found, bytes };
    }
  } catch (error) {
    if (!(error instanceof RowProblem)) throw error;
    yield { type: "issue", issue: issueOf(error, line), bytes };
  }
}

function issueOf({ field, problem, remedy }: RowProblem, line: number): RowIssue {
  return { line, field, problem, remedy };
}

async function* counting(source: AsyncIterable<Uint8Array>, count: (size: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    count(chunk.length);
    yield chunk;
  }
}

/** The bytes themselves, unzipped if they begin as gzip does (RFC 1952: 1f 8b). */
async function* plain(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await source.next();
    if (next.done) break;
    head.push(next.value);
    size += next.value.length;
  }
  const [one, two] = Buffer.concat(head);
  const whole = chain(head, source);
  if (one !== 0x1f || two !== 0x8b) {
    yield* whole;
    return;
  }
  const gunzip = createGunzip();
  const feeding = pipeline(Readable.from(whole, { objectMode: false }), gunzip);
  feeding.catch(() => undefined); // the same error ends the iteration below
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await feeding;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith("Z_")) throw error;
    const reason = "The gzip file is damaged or cut off. Compress or upload it again.";
    throw new UnreadableDataset("DAMAGED_GZIP", reason, { cause: error });
  }
}

async function* chain(head: readonly Uint8Array[], rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* head;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

export interface DatasetPreview {
  readonly format: { readonly name: FormatName; readonly title: string };
  readonly ignored: OpenedDataset["ignored"];
  readonly rows: readonly DatasetRow[];
  readonly issues: readonly RowIssue[];
}

/** The format and the first rows, with the issues met on the way to them; reads no further. Throws UnreadableDataset. */
export async function previewDataset(
  source: AsyncIterable<Uint8Array>,
  { rows: wanted = 5, issues: most = 20 }: { readonly rows?: number; readonly issues?: number } = {},
): Promise<DatasetPreview> {
  const { format, ignored, events } = await openDataset(source);
  const rows: DatasetRow[] = [];
  const issues: RowIssue[] = [];
  for await (const event of events) {
    if (event.type === "row") rows.push(event.row);
    else issues.push(event.issue);
    if (rows.length >= wanted || issues.length >= most) break;
  }
  return { format: { name: format.name, title: format.title }, ignored, rows, issues };
}
