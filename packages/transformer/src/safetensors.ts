import { randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { Weights, WeightTensor } from "./backbone";
import { InvalidSafetensors } from "./errors";

/** Where one tensor lies in the file: bytes [begin, end) counted from the start of the file. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** An open file: its header is read, its tensors are not. Close it. */
export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  /** Reads one tensor as float32 (from F32, F16 or BF16) and nothing else of the file. */
  read(name: string): Promise<WeightTensor>;
  /** Reads one tensor of integers (I32 or I64). */
  readIntegers(name: string): Promise<IntegerTensor>;
  close(): Promise<void>;
}

/** int64 values in row-major order. */
export interface IntegerTensor {
  readonly shape: readonly number[];
  readonly data: BigInt64Array;
}

const lengthBytes = 8;
const maxHeaderBytes = 100_000_000; // the limit of the reference implementation
const maxReadBytes = 2 ** 30; // one read(2) takes less than 2 GiB

const Size = z.number().int().nonnegative();
const Entry = z.strictObject({ dtype: z.string(), shape: z.array(Size), data_offsets: z.tuple([Size, Size]) });
const Metadata = z.record(z.string(), z.string());
const eight = ["F64", "I64", "U64"];
const four = ["F32", "I32", "U32"];
const two = ["F16", "BF16", "I16", "U16"];
const one = ["I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2"];
const bytesOf: ReadonlyMap<string, number> = new Map(
  [one, two, four, eight].flatMap((types, power) => types.map((type) => [type, 2 ** power] as const)),
);

/**
 * Opens a safetensors file (format: https://huggingface.co/docs/safetensors): 8 bytes of header length, a JSON header,
 * then the values, little-endian. Throws InvalidSafetensors, naming the tensor, where header and file disagree.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, "r");
  try {
    const { metadata, entries } = await readHeader(file, path);
    const entryOf = (name: string) => {
      const entry = entries.get(name);
      if (!entry) throw new InvalidSafetensors(`${path} has no tensor ${name}.`);
      return entry;
    };
    return {
      metadata,
      entries,
      read: async (name) => {
        const entry = entryOf(name);
        return { shape: entry.shape, data: await readFloats(file, entry, `${path}: ${name}`) };
      },
      readIntegers: async (name) => {
        const entry = entryOf(name);
        return { shape: entry.shape, data: await readIntegers(file, entry, `${path}: ${name}`) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Every tensor of a file, as float32, in the order of the file. */
export async function readSafetensors(
  path: string,
): Promise<{ metadata: Readonly<Record<string, string>>; tensors: Map<string, WeightTensor> }> {
  const file = await openSafetensors(path);
  try {
    const tensors = new Map<string, WeightTensor>();
    for (const name of file.entries.keys()) tensors.set(name, await file.read(name));
    return { metadata: file.metadata, tensors };
  } finally {
    await file.close();
  }
}

/**
 * Writes float32 tensors, sorted by name, so that the same tensors give the same bytes. The file appears under its name
 * whole and on disk (temporary name, fsync, rename), or not at all. `format: "pt"` is what transformers asks of a file.
 */
export async function writeSafetensors(
  path: string,
  tensors: Weights,
  metadata: Readonly<Record<string, string>> = { format: "pt" },
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    if (elementsOf(shape) !== data.length)
      throw new InvalidSafetensors(
        `${name} has ${data.length} values, but its shape [${shape}] wants ${elementsOf(shape)}.`,
      );
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = (lengthBytes - (json.length % lengthBytes)) % lengthBytes; // values start aligned
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(json.length + padding));

  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(Buffer.concat([length, json, Buffer.alloc(padding, " ")]));
      for (const [, { data }] of sorted)
        await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync(); // the rename itself
  } finally {
    await folder.close();
  }
}

async function readHeader(file: FileHandle, path: string) {
  const { size } = await file.stat();
  if (size < lengthBytes) throw new InvalidSafetensors(`${path} is ${size} bytes long, too short for safetensors.`);
  const length = Number((await readBytes(file, 0, lengthBytes, path)).readBigUInt64LE());
  const start = lengthBytes + length;
  if (length > maxHeaderBytes || start > size)
    throw new InvalidSafetensors(
      `${path} announces a header of ${length} bytes in a file of ${size}: it is cut short or no safetensors file.`,
    );
  const { __metadata__ = {}, ...fields } = parseHeader(
    (await readBytes(file, lengthBytes, length, path)).toString("utf8"),
    path,
  );
  const metadata = Metadata.safeParse(__metadata__);
  if (!metadata.success) throw new InvalidSafetensors(`${path}: __metadata__ must map names to texts.`);
  const entries = new Map(
    Object.entries(fields).map(([name, field]) => [name, entryFrom(name, field, start, path)] as const),
  );
  checkCoverage(entries, start, size, path);
  return { metadata: metadata.data, entries };
}

function parseHeader(text: string, path: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidSafetensors(`${path}: the header is not a JSON object.`, { cause });
  }
}

function entryFrom(name: string, field: unknown, start: number, path: string): SafetensorsEntry {
  const parsed = Entry.safeParse(field);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new InvalidSafetensors(
      `${path}: tensor ${name}, field ${issue.path.join(".") || "dtype"}: ${issue.message}.`,
    );
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  const width = bytesOf.get(dtype);
  if (width !== undefined && end - begin !== width * elementsOf(shape))
    throw new InvalidSafetensors(
      `${path}: tensor ${name} of shape [${shape}] and type ${dtype} wants ${width * elementsOf(shape)} bytes, data_offsets give ${end - begin}.`,
    );
  return { dtype, shape, begin: start + begin, end: start + end };
}

/** The values must follow each other without gap or overlap, and fill the file: anything else is a damaged file. */
function checkCoverage(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  start: number,
  size: number,
  path: string,
): void {
  let at = start;
  for (const [name, { begin, end }] of [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (end > size)
      throw new InvalidSafetensors(`${path} is cut short: tensor ${name} ends at byte ${end} of ${size}.`);
    if (begin !== at)
      throw new InvalidSafetensors(`${path}: tensor ${name} starts at byte ${begin}, where ${at} was expected.`);
    at = end;
  }
  if (at !== size) throw new InvalidSafetensors(`${path} has ${size - at} bytes that belong to no tensor.`);
}

async function readFloats(
  file: FileHandle,
  { dtype, begin, end, shape }: SafetensorsEntry,
  what: string,
): Promise<Float32Array> {
  if (dtype === "F32") {
    const data = new Float32Array(elementsOf(shape));
    await readInto(file, new Uint8Array(data.buffer), begin, what);
    return data;
  }
  if (dtype !== "F16" && dtype !== "BF16")
    throw new InvalidSafetensors(`${what} is of type ${dtype}; weights must be F32, F16 or BF16.`);
  const halves = new Uint16Array((end - begin) / 2);
  await readInto(file, new Uint8Array(halves.buffer), begin, what);
  return dtype === "F16" ? Float32Array.from(halves, halfToFloat) : fromBfloat16(halves);
}

async function readIntegers(
  file: FileHandle,
  { dtype, begin, end }: SafetensorsEntry,
  what: string,
): Promise<BigInt64Array> {
  if (dtype !== "I32" && dtype !== "I64") throw new InvalidSafetensors(`${what} is of type ${dtype}, not I32 or I64.`);
  const bytes = new Uint8Array(end - begin);
  await readInto(file, bytes, begin, what);
  return dtype === "I64"
    ? new BigInt64Array(bytes.buffer)
    : BigInt64Array.from(new Int32Array(bytes.buffer) as Iterable<number>, BigInt);
}

async function readBytes(file: FileHandle, position: number, length: number, what: string): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await readInto(file, bytes, position, what);
  return bytes;
}

async function readInto(file: FileHandle, bytes: Uint8Array, position: number, what: string): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, Math.min(bytes.length - done, maxReadBytes), position + done);
    if (bytesRead === 0) throw new InvalidSafetensors(`${what}: the file ends ${bytes.length - done} bytes too early.`);
    done += bytesRead;
  }
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

/** IEEE 754 binary16: sign, 5 bits of exponent biased by 15, 10 bits of fraction. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
