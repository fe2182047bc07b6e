// Opens the ONNX file that it is given in two sessions, closes them while one runs, and says so: nothing else keeps it alive.
import { float32, openOnnxSessions } from "../src";

const executor = await openOnnxSessions(process.argv[2]!, { sessions: 2 });
const rows = 200_000;
const running = executor.run({ x: float32(new Float32Array(3 * rows), [rows, 3]) });
await executor.close();
console.log(`closed after ${(await running).y!.dims[0]} rows`);
