import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { checkout } from "../bootstrap/checkout.mjs";
import { imageEnvironment, stages } from "./dockerfile";

const stage = (name: string) => stages.find((each) => each.name === name)?.lines ?? [];

describe("Dockerfile", () => {
  it("builds from the lock file, on one Node, and runs as nobody special", () => {
    expect(stages.map(({ name }) => name)).toEqual(["build", "tensorflow", "gpu", "borda"]);
    for (const { name, base } of stages) if (name !== "gpu") expect(base).toBe("node:20-bookworm-slim");
    expect(stage("build")).toContain("RUN npm ci");
    expect(stage("borda")).toContain("USER node");
    expect(stage("gpu")).toContain("USER 1000:1000");
  });

  it("copies what is there: files of the checkout that are not ignored, and of stages before", () => {
    const ignored = readFileSync(join(checkout, ".dockerignore"), "utf8").split("\n");
    stages.forEach(({ lines }, index) => {
      for (const line of lines.filter((line) => line.startsWith("COPY "))) {
        const words = line.split(" ").slice(1);
        const from = words[0]?.match(/^--from=(.*)/)?.[1];
        const sources = words.slice(from ? 1 : 0, -1);
        if (from) expect(stages.slice(0, index).map(({ name }) => name)).toContain(from);
        else
          for (const source of sources)
            expect([source, existsSync(join(checkout, source)), ignored.includes(source)]).toEqual([
              source,
              true,
              false,
            ]);
      }
    });
  });

  it("sets TensorFlow up for a GPU where its worker looks for it, beside CUDA 12 and cuDNN", () => {
    const home = imageEnvironment("gpu").BORDA_TENSORFLOW_HOME;
    expect(stage("tensorflow")).toContain(`RUN npm run -s setup:tensorflow -- gpu --home ${home}`);
    expect(stage("gpu")).toContain(`COPY --from=tensorflow ${home} ${home}`);
    expect(stages.find(({ name }) => name === "gpu")?.base).toMatch(/^nvidia\/cuda:12\.\d+\.\d+-cudnn-runtime-/);
  });
});

describe("a container's health", () => {
  const check = (asked: string, home = "") =>
    promisify(execFile)(process.execPath, [join(checkout, "scripts/healthy.mjs"), asked], {
      env: { ...process.env, BORDA_HOME: home },
    }).then(
      () => "healthy",
      ({ code }: { code: number }) => `exit code ${code}`,
    );

  it("is what its address answers", async () => {
    const server = createServer(({ url }, response) => response.writeHead(url === "/well" ? 200 : 503).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await Promise.all([check(`${address}/well`), check(`${address}/ill`)])).toEqual(["healthy", "exit code 1"]);
    await new Promise((resolve) => server.close(resolve));
    expect(await check(`${address}/well`)).toBe("exit code 1");
  });

  it("is a worker's sign of life on its own host", async () => {
    const home = mkdtempSync(join(tmpdir(), "borda-health-"));
    const file = join(home, "worker", `${hostname()}.json`);
    expect(await check("worker", home)).toBe("exit code 1");
    mkdirSync(join(home, "worker"));
    writeFileSync(file, "{}");
    expect(await check("worker", home)).toBe("healthy");
    const longAgo = Date.now() / 1000 - 60;
    utimesSync(file, longAgo, longAgo);
    expect(await check("worker", home)).toBe("exit code 1");
    rmSync(home, { recursive: true });
  });
});
