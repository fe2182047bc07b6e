import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { availableExecutors, build as b, chooseRuntime, createExecutor, input, RuntimeUnavailable } from "../src/index";

const homes: string[] = [];
/** A home whose TensorFlow says to be set up. */
function homeWith(...builds: string[]): string {
  const home = mkdtempSync(join(tmpdir(), "borda-home-"));
  homes.push(home);
  mkdirSync(join(home, "tensorflow"));
  for (const build of builds) writeFileSync(join(home, "tensorflow", `${build}.json`), "{}");
  return home;
}
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
});

const auto = { executor: "auto", device: "auto", precision: "float32" } as const;
const onProcessor = { ...auto, device: "cpu" } as const;

describe("the choice of a runtime", () => {
  it("takes onnx where TensorFlow is not set up, and says how to set it up", async () => {
    const home = homeWith();
    const { runtime, reasons } = await chooseRuntime(onProcessor, home);
    expect(runtime).toEqual({ executor: "onnx", device: "cpu", precision: "float32" });
    expect(reasons[0]).toBe("Taken: onnx on cpu in float32.");
    expect(reasons).toContain(`Not tensorflow on cpu: it is not set up in ${home}: npm run setup:tensorflow -- cpu.`);
    expect(reasons).toContain("Not onnx on webgpu: not asked for.");
  });

  it("takes tensorflow where it is set up, on either build", async () => {
    for (const build of ["cpu", "gpu"]) {
      const home = homeWith(build);
      const { runtime, reasons } = await chooseRuntime(onProcessor, home);
      expect(runtime).toEqual({ executor: "tensorflow", device: "cpu", precision: "float32", home });
      expect(reasons).toContain("Not onnx on cpu: tensorflow on cpu comes first.");
    }
  });

  it("refuses what was named and is not here, with the remedy", async () => {
    const home = homeWith();
    const wish = { ...auto, executor: "tensorflow", device: "cpu" } as const;
    await expect(chooseRuntime(wish, home)).rejects.toThrow(/npm run setup:tensorflow -- cpu/);
    await expect(chooseRuntime({ ...wish, device: "webgpu" }, home)).rejects.toThrow(/take the executor onnx/);
    const halved = { executor: "onnx", device: "cpu", precision: "bfloat16" } as const;
    await expect(chooseRuntime(halved, home)).rejects.toThrow(/onnxruntime multiplies in float32/);
    const onCard = { executor: "onnx", device: "webgpu", precision: "bfloat16-emulated" } as const;
    await expect(chooseRuntime(onCard, home)).rejects.toThrow(/take --device cpu/);
    await expect(chooseRuntime(wish, home)).rejects.toMatchObject({ code: "runtime-unavailable" });
  });

  it("emulates bfloat16 on any processor", async () => {
    const { runtime } = await chooseRuntime({ ...onProcessor, precision: "bfloat16-emulated" }, homeWith());
    expect(runtime).toEqual({ executor: "onnx", device: "cpu", precision: "bfloat16-emulated" });
  });

  it("looks at every place, the processor's onnx always being here", async () => {
    const found = await availableExecutors(homeWith());
    expect(found.map(({ executor, device }) => `${executor} on ${device}`)).toEqual([
      "tensorflow on cuda",
      "tensorflow on cpu",
      "onnx on cuda",
      "onnx on cpu",
      "onnx on webgpu",
    ]);
    expect(found[3]).toEqual({ executor: "onnx", device: "cpu", available: true, reason: "here" });
    for (const { available, reason } of found) expect(available).toBe(reason === "here");
  });

  it("prints nothing, whatever a driver has to say", async () => {
    const entry = JSON.stringify(new URL("../src/index.ts", import.meta.url).href);
    const program = `const { availableExecutors } = await import(${entry});
      console.log((await availableExecutors(process.argv[1])).find(({ device }) => device === "webgpu").available);`;
    const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", program, homeWith()];
    // A Vulkan without a driver: Dawn warns of it three times.
    const env = { ...process.env, VK_ICD_FILENAMES: join(homeWith(), "no-driver.json") };
    expect(await promisify(execFile)(process.execPath, args, { env })).toEqual({ stdout: "false\n", stderr: "" });
  });

  it("opens no TensorFlow that is not set up", async () => {
    const lowering = { outputs: { y: b.neg(input("x", ["n"])) } };
    await expect(createExecutor(lowering, { executor: "tensorflow", home: homeWith() })).rejects.toThrow(
      RuntimeUnavailable,
    );
    await expect(createExecutor(lowering, { executor: "tensorflow" })).rejects.toThrow(/BORDA_HOME/);
  });
});
