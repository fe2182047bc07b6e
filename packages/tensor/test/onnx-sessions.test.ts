import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  build,
  constant,
  type Executor,
  FeedMismatch,
  float32,
  input,
  openOnnx,
  openOnnxSessions,
  writeOnnx,
} from "../src";

const x = input("x", ["n", 3]);
const weights = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
const y = build.tanh(build.matmul(x, constant(weights, [3, 4])));

/** n rows that no other n has. */
function rows(n: number) {
  return {
    x: float32(
      Float32Array.from({ length: 3 * n }, (_, i) => Math.cos(n + i)),
      [n, 3],
    ),
  };
}

describe("sessions side by side", () => {
  let folder: string;
  let file: string;
  const opened: Pick<Executor, "close">[] = [];
  const open = async (sessions: number) => {
    const executor = await openOnnxSessions(file, { sessions });
    opened.push(executor);
    return executor;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "borda-sessions-"));
    file = join(folder, "model.onnx");
    await writeOnnx(file, { outputs: { y } });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((executor) => executor.close()));
    await rm(folder, { recursive: true });
  });

  test("give each run what one session gives it, with more runs than sessions at a time", async () => {
    const [one, several] = [await openOnnx(file), await open(3)];
    opened.push(one);
    expect(several.inputs).toEqual(one.inputs);
    expect(several.outputs).toEqual(one.outputs);
    const sizes = Array.from({ length: 20 }, (_, at) => 1 + (at % 7));
    const found = await Promise.all(sizes.map((n) => several.run(rows(n))));
    for (const [at, n] of sizes.entries()) expect(found[at]).toEqual(await one.run(rows(n)));
  });

  test("let the process do other things while they run", async () => {
    const several = await open(1);
    let [turns, running] = [0, true];
    const turn = () => {
      turns += 1;
      if (running) setImmediate(turn);
    };
    setImmediate(turn);
    await several.run(rows(200_000));
    running = false;
    expect(turns).toBeGreaterThan(10); // one session in the process itself would leave it three or four
  });

  test("name a feed that is missing, and fail the run that onnxruntime refuses alone", async () => {
    const several = await open(1);
    await expect(several.run({})).rejects.toThrow(FeedMismatch);
    const wrong = several.run({ x: float32([1, 2, 3, 4], [1, 4]) });
    const right = several.run(rows(2));
    await expect(wrong).rejects.toThrow(/Got: 4 Expected: 3/);
    expect((await right).y!.dims).toEqual([2, 4]);
  });

  test("do not open a file that is none", async () => {
    await expect(openOnnxSessions(join(folder, "nowhere.onnx"), { sessions: 2 })).rejects.toThrow(/nowhere.onnx/);
  });

  test("end what runs when they are closed, and refuse what waits and what comes after", async () => {
    const several = await open(1);
    const running = several.run(rows(200_000));
    const waiting = several.run(rows(1)).catch((error: unknown) => error);
    await several.close();
    expect((await running).y!.dims).toEqual([200_000, 4]);
    expect(await waiting).toMatchObject({ message: expect.stringMatching(/closed/) });
    await expect(several.run(rows(1))).rejects.toThrow(/closed/);
  });

  test("keep the process alive until they are closed, though one still runs", async () => {
    const child = join(import.meta.dirname, "closing-child.ts");
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child, file]);
    expect(stdout).toBe("closed after 200000 rows\n");
  });
});
