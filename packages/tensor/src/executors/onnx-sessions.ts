import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { InferenceSession } from "onnxruntime-node";
import { dtypeOf, type Feeds, type Value } from "../data";
import type { Executor } from "../executor";
import { fedBy } from "../feeds";
import { sessionOptions } from "./onnx";

/** An executor whose runs do not block the event loop; as many as it has sessions run at a time, the others wait. */
export interface SideBySide extends Omit<Executor, "run"> {
  run(feeds: Feeds): Promise<Record<string, Value>>;
}

/** What a thread is opened with. */
interface Opening {
  /** Where onnxruntime-node lies. */
  readonly runtime: string;
  readonly file: string;
  readonly options: InferenceSession.SessionOptions;
}

/** A run's feeds by name: element type, array, sizes; null to end. */
type Order = Record<string, readonly [string, Value["data"], readonly number[]]> | null;

/** What a thread says: once when it is open, then after every run. */
type Answer =
  | { readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  | { readonly results: Record<string, Value> }
  | { readonly error: Error };
type Said = Exclude<Answer, { readonly error: Error }>;

/**
 * Opens an ONNX file in several sessions side by side, each in a thread of its own that computes with `threads` threads and
 * holds the weights once more. One session's threads share every op and wait for each other after it, and some ops are one
 * thread's: on as many processors, sessions side by side compute more batches in a time, and one batch later.
 */
export async function openOnnxSessions(
  file: string,
  { sessions, threads = 1 }: { readonly sessions: number; readonly threads?: number },
): Promise<SideBySide> {
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-node");
  const opening: Opening = { runtime, file, options: sessionOptions({ threads }) };
  const all = Array.from({ length: sessions }, () => startThread(opening));
  const close = async () => void (await Promise.all(all.map((thread) => thread.end())));
  const opened = await Promise.all(all.map((thread) => thread.opened)).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const free = [...all];
  const waiting: ((thread: Thread) => void)[] = [];
  return {
    ...opened[0]!,
    run: async (feeds) => {
      const order = orderOf(opened[0]!.inputs, feeds);
      const thread = free.pop() ?? (await new Promise<Thread>((resolve) => waiting.push(resolve)));
      try {
        return await thread.run(order);
      } finally {
        const next = waiting.shift();
        if (next) next(thread);
        else free.push(thread);
      }
    },
    close,
  };
}

function orderOf(names: readonly string[], feeds: Feeds): Order {
  return Object.fromEntries(
    fedBy(names, feeds).map(([name, { data, dims }]) => [name, [dtypeOf(data), data, dims] as const]),
  );
}

type Thread = ReturnType<typeof startThread>;

function startThread(opening: Opening) {
  // A compiler that keeps the names of functions calls this for each.
  const text = `const __name = (value) => value; (${program})();`;
  const worker = new Worker(text, { eval: true, workerData: opening });
  let pending: { resolve(said: Said): void; reject(error: unknown): void } | undefined;
  let ended: Error | undefined;

  /** The next thing that the thread says; while it is waited for, and then its end, the thread keeps the process alive. */
  const answer = () =>
    new Promise<Said>((resolve, reject) => {
      pending = { resolve, reject };
      worker.ref();
    });
  const fail = (error: Error) => {
    ended ??= error;
    pending?.reject(ended);
  };
  worker.on("message", (said: Answer) => {
    if (!ended) worker.unref();
    if ("error" in said) pending?.reject(said.error);
    else pending?.resolve(said);
    pending = undefined;
  });
  worker.on("error", fail);
  const gone = new Promise<void>((resolve) => worker.on("exit", () => resolve()));
  void gone.then(() => fail(new Error("a thread of onnxruntime's ended under its session")));
  return {
    opened: answer() as Promise<Pick<Executor, "inputs" | "outputs">>,
    run: async (order: Order) => {
      if (ended) throw ended;
      const said = answer();
      worker.postMessage(order);
      return ((await said) as { readonly results: Record<string, Value> }).results;
    },
    /** After what runs: a thread that is stopped inside onnxruntime takes the process with it. */
    end: () => {
      ended ??= new Error("the executor is closed");
      worker.ref();
      worker.postMessage(null);
      return gone;
    },
  };
}

/**
 * What a thread does. It runs as text, since a thread reads no TypeScript and a program that was bundled into one file has
 * none beside it: it names nothing outside itself.
 */
function program(): void {
  const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
  const { runtime, file, options } = workerData as Opening;
  const ort: typeof import("onnxruntime-node") = process.getBuiltinModule("node:module").createRequire(runtime)(
    runtime,
  );
  const say = (answer: Answer) => parentPort!.postMessage(answer);
  const fail = (error: unknown) => say({ error: error instanceof Error ? error : new Error(String(error)) });
  ort.InferenceSession.create(file, options).then((session) => {
    const obey = async (order: Order) => {
      if (!order) return session.release().then(() => parentPort!.close());
      const feeds = Object.entries(order).map(([name, [type, data, dims]]) => {
        return [name, new ort.Tensor(type as "float32", data as Float32Array, dims)] as const;
      });
      const outputs = Object.entries(await session.run(Object.fromEntries(feeds)));
      say({ results: Object.fromEntries(outputs.map(([name, { data, dims }]) => [name, { data, dims } as Value])) });
    };
    let last = Promise.resolve();
    parentPort!.on("message", (order: Order) => {
      last = last.then(() => obey(order)).catch(fail);
    });
    say({ inputs: session.inputNames, outputs: session.outputNames });
  }, fail);
}
