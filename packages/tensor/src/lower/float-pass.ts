/** What a pass does to four elements at once, in IEEE 754 float32. */
export type FloatInstruction = keyof typeof opcodes;

/** Arithmetic over arrays of one length. Its values have numbers: those of `arrays`, of `singles`, then of `steps`, in order. */
export interface FloatPass {
  readonly arrays: number;
  /** Numbers that are the same for every element. */
  readonly singles: number;
  readonly steps: readonly { readonly instruction: FloatInstruction; readonly operands: readonly number[] }[];
  /** Arrays that are overwritten, each by a value, once all have been read. What is closer to 0 than 2^-126 becomes 0. */
  readonly stored: readonly (readonly [array: number, value: number])[];
}

/** Overwrites what the pass stores; arrays and singles in the order of its values. */
export type CompiledPass = (arrays: readonly Float32Array[], singles: readonly number[]) => void;

/**
 * The pass as a WebAssembly module of 128-bit instructions. It works on copies of 16384 elements an array, one page each:
 * what a weight, its gradient and its moments need of them stays in a processor's second cache, where a copy costs little.
 */
export function compilePass(pass: FloatPass): CompiledPass {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleOf(pass)));
  const { memory, run } = instance.exports as Exports;
  const pages = Array.from(
    { length: pass.arrays },
    (_, i) => new Float32Array(memory.buffer, i * PAGE_BYTES, PAGE_BYTES / 4),
  );
  const read = readOf(pass);
  return (arrays, singles) => {
    const length = arrays[0]?.length ?? 0;
    for (let start = 0; start < length; start += PAGE_BYTES / 4) {
      const end = Math.min(start + PAGE_BYTES / 4, length);
      for (const i of read) pages[i]!.set(arrays[i]!.subarray(start, end));
      run((end - start) * 4, ...singles);
      for (const [i] of pass.stored) arrays[i]!.set(pages[i]!.subarray(0, end - start), start);
    }
  };
}

/** What of the global is used here; TypeScript declares it with the browser's library alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** The pass over so many bytes, rounded up to sixteen, from the beginning of each page. */
  run(bytes: number, ...singles: number[]): void;
}

const PAGE_BYTES = 65_536;
const LANES_BYTES = 16;

/** Opcodes after the prefix 0xfd. Numbers here and below: WebAssembly core specification 2.0, chapter 5. */
const opcodes = { sqrt: 0xe3, add: 0xe4, sub: 0xe5, mul: 0xe6, div: 0xe7 } as const;
const load = 0x00;
const store = 0x0b;
const splat = 0x13;
const less = 0x43;
const andNot = 0x4f;
const absolute = 0xe0;
/** 2^-126, least significant byte first. */
const smallestNormal = [0x43, 0x00, 0x00, 0x80, 0x00];
const [i32, f32, v128] = [0x7f, 0x7d, 0x7b];

/** Arrays that a step or a store uses. */
function readOf({ arrays, steps, stored }: FloatPass): number[] {
  const used = new Set([...steps.flatMap(({ operands }) => operands), ...stored.map(([, value]) => value)]);
  return [...used].filter((value) => value < arrays);
}

/** A module that exports its memory, one page an array, and the function `run`. */
function moduleOf(pass: FloatPass): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector([[i32], ...Array.from({ length: pass.singles }, () => [f32])]), ...vector([])];
  const exported = (name: string, kind: number) => [...vector(Array.from(name, (c) => [c.charCodeAt(0)])), kind, 0];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [type]),
    ...section(3, [[0]]),
    ...section(5, [[0x00, ...unsigned(pass.arrays)]]),
    ...section(7, [exported("memory", 2), exported("run", 0)]),
    ...section(10, [sized(bodyOf(pass))]),
  ]);
}

/** A loop over sixteen bytes of every array at a time: loads, steps, stores. */
function bodyOf(pass: FloatPass): number[] {
  const { arrays, singles, steps, stored } = pass;
  const at = 1 + singles;
  const local = (value: number) => unsigned(at + 1 + value);
  const get = (value: number) => [0x20, ...local(value)];
  const set = (value: number) => [0x21, ...local(value)];
  const here = [0x20, ...unsigned(at)];
  const page = (array: number) => [4, ...unsigned(array * PAGE_BYTES)]; // aligned to 2^4 bytes
  return [
    ...vector([
      [1, i32],
      [...unsigned(arrays + singles + steps.length), v128],
    ]),
    ...Array.from({ length: singles }, (_, i) => [
      ...[0x20, ...unsigned(1 + i)],
      ...simd(splat),
      ...set(arrays + i),
    ]).flat(),
    ...[0x03, 0x40],
    ...readOf(pass).flatMap((array) => [...here, ...simd(load), ...page(array), ...set(array)]),
    ...steps.flatMap(({ instruction, operands }, i) => [
      ...operands.flatMap(get),
      ...simd(opcodes[instruction]),
      ...set(arrays + singles + i),
    ]),
    ...stored.flatMap(([array, value]) => [
      ...here,
      ...get(value),
      ...flushed(get(value)),
      ...simd(store),
      ...page(array),
    ]),
    // Once more while at += 16 is less than the bytes asked for.
    ...[...here, 0x41, LANES_BYTES, 0x6a, 0x22, ...unsigned(at), 0x20, 0, 0x49, 0x0d, 0],
    ...[0x0b, 0x0b],
  ];
}

/**
 * Zero in place of subnormal numbers, on which processors spend a hundred cycles each: the moments of a rare word would
 * come to rest there for ever, for 0.9 times the fourth subnormal number is rounded to itself.
 */
const flushed = (get: readonly number[]) => [
  ...[...get, ...simd(absolute)],
  ...[...smallestNormal, ...simd(splat), ...simd(less)],
  ...simd(andNot),
];

const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const sized = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
const vector = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly (readonly number[])[]) => [id, ...sized(vector(items))];

/** LEB128: seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  const low = value % 128;
  return value < 128 ? [low] : [low + 128, ...unsigned(Math.floor(value / 128))];
}
