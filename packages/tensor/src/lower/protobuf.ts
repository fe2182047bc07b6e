/**
 * One protocol buffer message while it is written (the wire format of protobuf.dev/programming-guides/encoding): fields
 * in the order of the calls, each by its number. Enough for the few messages of a SavedModel.
 */
export class Message {
  private readonly chunks: Uint8Array[] = [];

  /** int32, int64, bool and enum fields. */
  int(field: number, value: number | bigint | boolean): this {
    this.chunks.push(varint(tag(field, 0)), varint(BigInt(value)));
    return this;
  }

  /** float fields. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.chunks.push(varint(tag(field, 5)), bytes);
    return this;
  }

  /** bytes, string and message fields. */
  bytes(field: number, value: Uint8Array | string | Message): this {
    const content =
      typeof value === "string" ? new TextEncoder().encode(value) : value instanceof Message ? value.encode() : value;
    this.chunks.push(varint(tag(field, 2)), varint(BigInt(content.length)), content);
    return this;
  }

  /** A map field with string keys. */
  map(field: number, entries: Iterable<readonly [string, Message]>): this {
    for (const [key, value] of entries) this.bytes(field, new Message().bytes(1, key).bytes(2, value));
    return this;
  }

  encode(): Uint8Array {
    const bytes = new Uint8Array(this.chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }
}

function tag(field: number, wireType: number): bigint {
  return BigInt((field << 3) | wireType);
}

/** Seven bits a byte, lowest first; a negative number as its 64-bit two's complement. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
