import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import onnxProto from "onnx-proto";
import type { Lowering } from "../executor";
import { lowerToModel } from "./onnx";
import { fuseAttention } from "./onnx-attention";
import { quantizeModel } from "./onnx-quantize";

const { onnx } = onnxProto;

/** A protobuf message ends at 2 GiB; half of it leaves room for the copies that are made of one while it is written. */
const MESSAGE_BYTES = 2 ** 30;
/** Smaller initialisers stay in the model: runtimes read shapes and axes off them before they open another file. */
const SMALLEST_EXTERNAL = 1024;
/** Tensors begin where a page does, so that a runtime can map them into memory. */
const PAGE_BYTES = 4096;

export interface OnnxFileOptions {
  /** What matrices and tables are stored as; see quantizeModel. float32 where left out. */
  readonly precision?: "float32" | "int8";
  /** Bytes of initialisers above which they go to a file of their own, the model's name with "_data" after it. 1 GiB. */
  readonly externalAbove?: number;
}

/**
 * Writes an ONNX model to `path`, and its weights beside it where they are too many for one message, as ONNX external
 * data. Runtimes that are given the path find the second file by themselves. Attention is onnxruntime's own operator, see
 * fuseAttention; everything else is the standard's.
 */
export async function writeOnnx(
  path: string,
  lowering: Lowering,
  { precision = "float32", externalAbove = MESSAGE_BYTES }: OnnxFileOptions = {},
): Promise<void> {
  const lowered = fuseAttention(lowerToModel(lowering));
  const model = precision === "int8" ? quantizeModel(lowered) : lowered;
  const initializers = model.graph!.initializer!;
  const bytes = initializers.reduce((sum, { rawData }) => sum + rawData!.length, 0);
  const external = bytes > externalAbove ? await writeExternal(`${path}_data`, initializers) : initializers;
  const message = onnx.ModelProto.encode({ ...model, graph: { ...model.graph, initializer: external } }).finish();
  const file = await open(path, "wx");
  try {
    await file.writeFile(message);
  } finally {
    await file.close();
  }
}

/** The initialisers with the places of their values in the file in place of the values. */
async function writeExternal(
  path: string,
  initializers: readonly onnxProto.onnx.ITensorProto[],
): Promise<onnxProto.onnx.ITensorProto[]> {
  const file = await open(path, "wx");
  try {
    const located: onnxProto.onnx.ITensorProto[] = [];
    let offset = 0;
    for (const initializer of initializers) {
      const { rawData, ...described } = initializer;
      if (rawData!.length < SMALLEST_EXTERNAL) {
        located.push(initializer);
        continue;
      }
      offset = await writeAt(file, rawData!, Math.ceil(offset / PAGE_BYTES) * PAGE_BYTES);
      const place = { location: basename(path), offset: offset - rawData!.length, length: rawData!.length };
      located.push({
        ...described,
        dataLocation: onnx.TensorProto.DataLocation.EXTERNAL,
        externalData: Object.entries(place).map(([key, value]) => ({ key, value: String(value) })),
      });
    }
    return located;
  } finally {
    await file.close();
  }
}

/** Writes all bytes from `position` on, and gives where they end. */
async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    const part = bytes.subarray(done, done + MESSAGE_BYTES); // one write(2) takes less than 2 GiB
    done += (await file.write(part, 0, part.length, position + done)).bytesWritten;
  }
  return position + bytes.length;
}
