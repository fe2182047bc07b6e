import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { compileBinding, isCompiled } from "../setup-tensorflow/binding.mjs";
import { download } from "../setup-tensorflow/download.mjs";
import { locate, pythonIndex } from "../setup-tensorflow/python-index.mjs";
import { unpack } from "../setup-tensorflow/zip.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "borda-setup-"));
});
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  rmSync(folder, { recursive: true });
  for (const close of closing.splice(0)) await close();
});

/** A server of one test; returns its address. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i) % 251));
const expected = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };

describe("the Python index", () => {
  it("is that of the environment, else that of pip's configuration, else PyPI", () => {
    const file = join(folder, "pip.conf");
    writeFileSync(file, "[global]\ncert = /x.crt\nindex-url = https://mirror.example/simple\n");
    expect(pythonIndex({ PIP_INDEX_URL: "https://a.example/simple", PIP_CONFIG_FILE: file })).toBe(
      "https://a.example/simple",
    );
    expect(pythonIndex({ PIP_CONFIG_FILE: file })).toBe("https://mirror.example/simple");
  });

  it("is asked with its password, and names where the wheel is", async () => {
    const asked: (string | undefined)[] = [];
    const address = await serve((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.end(
        '<a href="../../files/a-1-py3.whl#sha256=0">a</a> <a href="../../files/b-1-py3.whl?x=1&amp;y=2">b</a>',
      );
    });
    const index = `${address.replace("//", "//user:pass%20word@")}/simple/`;
    const { url, headers } = await locate(index, "b", "b-1-py3.whl");
    expect(url.href).toBe(`${address}/files/b-1-py3.whl?x=1&y=2`);
    expect(asked).toEqual([`/simple/b/ Basic ${btoa("user:pass word")}`]);
    expect(headers).toEqual({ authorization: `Basic ${btoa("user:pass word")}` });
    await expect(locate(index, "c", "c-1-py3.whl")).rejects.toThrow(/does not list c-1-py3\.whl: .* --wheel FILE/);
  });
});

describe("a download", () => {
  it("goes on where it broke off, and checks size and hash", async () => {
    const ranges: (string | undefined)[] = [];
    let begun: ServerResponse | undefined;
    const address = await serve((request, response) => {
      const { range } = request.headers;
      ranges.push(range);
      const start = Number(range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
      response.writeHead(range ? 206 : 200, { "content-length": content.length - start });
      if (ranges.length > 1) response.end(content.subarray(start));
      else {
        begun = response;
        response.write(content.subarray(0, 40_000));
      }
    });
    const from = { url: new URL(address), headers: {} };
    const path = join(folder, "wheel");
    const broken = expect(download(from, expected, path)).rejects.toThrow(/goes on from there/);
    await vi.waitFor(() => expect(statSync(`${path}.part`).size).toBe(40_000));
    begun?.destroy();
    await broken;
    expect(existsSync(path)).toBe(false);
    await download(from, expected, path);
    expect(ranges).toEqual([undefined, "bytes=40000-"]);
    expect(readFileSync(path).equals(content)).toBe(true);
    await download(from, expected, path);
    expect(ranges).toHaveLength(2);
  });

  it("begins anew with a server that knows no ranges", async () => {
    const address = await serve((_request, response) => response.end(content));
    writeFileSync(join(folder, "wheel.part"), content.subarray(0, 1000));
    await download({ url: new URL(address), headers: {} }, expected, join(folder, "wheel"));
    expect(readdirSync(folder)).toEqual(["wheel"]);
  });

  it("refuses and removes another file than the expected one", async () => {
    const address = await serve((_request, response) => response.end(Buffer.alloc(content.length)));
    const from = { url: new URL(address), headers: {} };
    await expect(download(from, expected, join(folder, "wheel"))).rejects.toMatchObject({ code: "WRONG_FILE" });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says what to do where nothing answers", async () => {
    const from = { url: new URL("http://127.0.0.1:1/wheel"), headers: {} };
    await expect(download(from, expected, join(folder, "wheel"))).rejects.toThrow(
      /cannot be reached: check the network/,
    );
  });
});

describe("a wheel", () => {
  it("is unpacked by member, stored or deflated, in folders as named", async () => {
    const archive = join(folder, "wheel");
    writeFileSync(
      archive,
      zipOf({ "a/stored.txt": "as it is", "a/deflated.txt": "again ".repeat(5000), other: "no" }, ["a/stored.txt"]),
    );
    const written = await unpack(archive, join(folder, "out"), (member) => member.match(/^a\/(.*)/)?.[1]);
    expect(written).toEqual(["stored.txt", "deflated.txt"]);
    expect(readFileSync(join(folder, "out/stored.txt"), "utf8")).toBe("as it is");
    expect(readFileSync(join(folder, "out/deflated.txt"), "utf8")).toBe("again ".repeat(5000));
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["deflated.txt", "stored.txt"]);
  });

  it("that ends too early is refused", async () => {
    const archive = join(folder, "wheel");
    writeFileSync(archive, zipOf({ a: "content" }, []).subarray(0, 40));
    await expect(unpack(archive, folder, (member) => member)).rejects.toThrow("this is no zip archive");
  });
});

describe("the binding", () => {
  /** A compiler that does what a line of sh says, the output's path being its last word. */
  const compiler = (line: string) => {
    const path = join(folder, "c++");
    writeFileSync(path, `#!/bin/sh\nfor output; do :; done\n${line}\n`, { mode: 0o755 });
    return path;
  };
  const binding = () => readFileSync(join(folder, "lib/napi-v8/tfjs_binding.node"), "utf8");
  const compiled = () => join(folder, "lib/napi-v8/session-options.cc");

  it("is compiled anew where it was compiled without our source, or with another text of it", async () => {
    expect(isCompiled(folder)).toBe(false);
    await compileBinding(compiler('echo "$@" > "$output"'), folder, "headers");
    expect(binding()).toMatch(/--wrap=TF_NewSessionOptions .*tfjs_backend\.cc .*session-options\.cc /);
    expect(isCompiled(folder)).toBe(true);
    writeFileSync(compiled(), "an older text");
    expect(isCompiled(folder)).toBe(false);
  });

  it("stays as it was where the compiler fails half-way", async () => {
    await compileBinding(compiler('echo whole > "$output"'), folder, "headers");
    writeFileSync(compiled(), "an older text");
    const failing = compileBinding(compiler('echo half > "$output"; echo no space >&2; exit 1'), folder, "headers");
    await expect(failing).rejects.toMatchObject({ code: "NOT_COMPILED", message: expect.stringContaining("no space") });
    expect(binding()).toBe("whole\n");
    expect(isCompiled(folder)).toBe(false);
  });
});

/** A zip archive as APPNOTE.TXT 6.3 describes it. */
function zipOf(files: Record<string, string>, stored: string[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const method = stored.includes(name) ? 0 : 8;
    const data = method === 0 ? Buffer.from(text) : deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, rest, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
