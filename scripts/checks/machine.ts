import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findTestBrowser } from "../testing/chromium";

/** What only tests need and this machine lacks. In CI each is a failure: nothing may be skipped there. */
export function missingTools(): string[] {
  return [
    ...(findTestBrowser()
      ? []
      : ["Chromium: the end-to-end tests need it (Debian: apt-get install chromium-headless-shell, or chromium)"]),
    ...(onPath("redis-server")
      ? []
      : ["redis-server: the queue's tests on Redis need it (Debian: apt-get install redis-server)"]),
    ...(hasLibrary("libvulkan.so.1")
      ? []
      : ["libvulkan: the tests of training on WebGPU need it (Debian: apt-get install libvulkan1)"]),
    ...(["c++", "g++", "clang++"].some(onPath)
      ? []
      : ["a C++ compiler: the set-up of TensorFlow needs it (Debian: apt-get install g++)"]),
  ];
}

/** Where the loader looks on Linux; other systems bring their own driver. */
function hasLibrary(name: string): boolean {
  const folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
  return process.platform !== "linux" || folders.some((folder) => existsSync(join(folder, name)));
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
