import { quotable } from "./row";

/** One JSON value of a file with the line on which it begins, or the reason why it cannot be read. */
export type FileRecord = { readonly line: number; readonly bytes: number } & (
  | { readonly value: unknown }
  | { readonly fault: { readonly problem: string; readonly remedy: string } }
);

/** Bytes that one record may have; it bounds the memory that any file takes. */
export const RECORD_LIMIT = 16 * 2 ** 20;

const [NEWLINE, QUOTE, BACKSLASH, COMMA] = [0x0a, 0x22, 0x5c, 0x2c];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The records of a file: one JSON value a line (JSON Lines), or the elements of one top-level JSON array, whatever its
 * layout. Streams: holds one record at a time. `position` tells the bytes read so far, for progress.
 * The scanner works on bytes, which is safe in UTF-8: every byte of a multi-byte character is above 0x7f.
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
  position: () => number,
  limit = RECORD_LIMIT,
): AsyncGenerator<FileRecord> {
  let scanner: LineScanner | ArrayScanner | undefined;
  let line = 1;
  for await (let chunk of chunks) {
    if (!scanner) {
      const first = chunk.findIndex((byte) => !isSpace(byte) && !BYTE_ORDER_MARK.includes(byte));
      for (const byte of first < 0 ? chunk : chunk.subarray(0, first)) if (byte === NEWLINE) line += 1;
      if (first < 0) continue;
      const list = chunk[first] === OPEN_LIST;
      scanner = list ? new ArrayScanner(line, limit) : new LineScanner(line, limit);
      chunk = chunk.subarray(list ? first + 1 : first);
    }
    for (const found of scanner.scan(chunk)) yield { ...found, bytes: position() };
  }
  if (scanner) for (const found of scanner.end()) yield { ...found, bytes: position() };
}

type Found = { line: number } & ({ value: unknown } | { fault: { problem: string; remedy: string } });

/** The bytes of the record being read, over chunk borders; keeps none once the record is too large. */
class Pending {
  private parts: Buffer[] = [];
  private size = 0;
  line = 0;
  constructor(private readonly limit: number) {}

  add(part: Uint8Array): void {
    this.size += part.length;
    if (this.size > this.limit) this.parts = [];
    else if (part.length > 0) this.parts.push(Buffer.from(part)); // copied: a source may reuse its chunk
  }

  /** The record as a value or a fault, or null if it is blank; begins anew. */
  take(): Found | null {
    const { line, size } = this;
    const bytes = Buffer.concat(this.parts);
    this.parts = [];
    this.size = 0;
    if (size > this.limit)
      return fault(line, `is larger than ${Math.round(this.limit / 2 ** 20)} MiB`, "Split it into smaller rows.");
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return fault(line, "is not UTF-8", "Save the file in UTF-8.");
    }
    if (text.trim() === "") return null;
    try {
      return { line, value: JSON.parse(text) };
    } catch (error) {
      return fault(line, `is not JSON (${(error as Error).message})`, "Correct the JSON of this row.");
    }
  }
}

function fault(line: number, problem: string, remedy: string): Found {
  return { line, fault: { problem: quotable(problem), remedy } };
}

class LineScanner {
  private readonly pending: Pending;
  constructor(
    private line: number,
    limit: number,
  ) {
    this.pending = new Pending(limit);
  }

  *scan(chunk: Uint8Array): Generator<Found> {
    for (let start = 0; ; ) {
      const end = chunk.indexOf(NEWLINE, start);
      this.pending.line = this.line;
      this.pending.add(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (end < 0) return;
      const found = this.pending.take();
      if (found) yield found;
      this.line += 1;
      start = end + 1;
    }
  }

  *end(): Generator<Found> {
    const found = this.pending.take();
    if (found) yield found;
  }
}

class ArrayScanner {
  private readonly pending: Pending;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private inElement = false;
  private closed = false;
  private trailing = false;
  constructor(
    private line: number,
    limit: number,
  ) {
    this.pending = new Pending(limit);
  }

  *scan(chunk: Uint8Array): Generator<Found> {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (byte === NEWLINE) this.line += 1;
      if (this.closed) {
        if (isSpace(byte) || this.trailing) continue;
        this.trailing = true;
        yield fault(this.line, "follows the closing ] of the list", "Put all rows into one list, or one row a line.");
        continue;
      }
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inString = false;
        continue;
      }
      if (this.depth === 0 && (byte === COMMA || byte === CLOSE_LIST)) {
        this.pending.add(chunk.subarray(this.inElement ? start : at, at));
        const found = this.pending.take();
        if (found) yield found;
        this.inElement = false;
        this.closed = byte === CLOSE_LIST;
        continue;
      }
      if (isSpace(byte)) continue;
      if (!this.inElement) {
        this.inElement = true;
        this.pending.line = this.line;
        start = at;
      }
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) this.depth += 1;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) this.depth = Math.max(0, this.depth - 1);
    }
    if (this.inElement) this.pending.add(chunk.subarray(start));
  }

  *end(): Generator<Found> {
    if (this.closed) return;
    const line = this.inElement ? this.pending.line : this.line;
    yield fault(line, "is cut off: the file ends before the closing ]", "Export or upload the file again, whole.");
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
}
