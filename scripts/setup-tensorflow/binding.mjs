import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Refusal } from "../bootstrap/checkout.mjs";
import { unpack } from "./zip.mjs";

const run = promisify(execFile);
const sessionOptions = join(dirname(fileURLToPath(import.meta.url)), "session-options.cc");
const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
/** What TensorFlow's C API includes, below the wheel's folder of headers. */
const headers =
  /^tensorflow\/include\/((tensorflow\/c|xla\/tsl\/c)\/.*\.h|(tensorflow\/core|tsl)\/platform\/ctstring[^/]*\.h)$/;

/**
 * Puts a wheel's C library and headers where TensorFlow.js looks for them.
 * @param {string} wheel
 * @param {string} folder of the TensorFlow.js package
 * @returns {Promise<void>}
 */
export async function placeTensorflow(wheel, folder) {
  const deps = join(folder, "deps");
  rmSync(deps, { recursive: true, force: true });
  const written = await unpack(wheel, deps, (member) => {
    const library = libraries.find((name) => member === `tensorflow/${name}`);
    const [, header] = member.match(headers) ?? [];
    return library ? `lib/${library}` : header && `include/${header}`;
  });
  const missing = libraries.filter((name) => !written.includes(`lib/${name}`));
  if (missing.length > 0) throw new Error(`${wheel} holds no ${missing.join(" and no ")}`);
  symlinkSync("libtensorflow_cc.so.2", join(deps, "lib", "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(deps, "lib", "libtensorflow_framework.so"));
}

/** The C++ compiler's name and its own first line. @returns {Promise<{ name: string, version: string }>} */
export async function findCompiler() {
  for (const name of [process.env.CXX, "c++", "g++", "clang++"]) {
    if (!name) continue;
    const version = await run(name, ["--version"]).then(
      ({ stdout }) => stdout.split("\n")[0] ?? "",
      () => undefined,
    );
    if (version !== undefined) return { name, version };
  }
  throw new Refusal(
    "NO_COMPILER",
    "A C++ compiler is needed: install one (Debian: apt-get install g++) and run the command again.",
  );
}

/** Where the binding of a TensorFlow.js package is, and beside it what of ours it was compiled with. @param {string} folder */
function bindingOf(folder) {
  const target = join(folder, "lib", "napi-v8");
  return { target, binding: join(target, "tfjs_binding.node"), compiled: join(target, "session-options.cc") };
}

/** Whether a package's binding was compiled with our source as it is. @param {string} folder @returns {boolean} */
export function isCompiled(folder) {
  const { compiled } = bindingOf(folder);
  return existsSync(compiled) && readFileSync(compiled, "utf8") === readFileSync(sessionOptions, "utf8");
}

/**
 * Compiles the binding of a TensorFlow.js package: its two sources and ours of a session's options, against Node-API,
 * whose headers come as a package, so that neither Python nor node-gyp nor Node's own headers are needed. A binding that is
 * there stays until the new one is whole.
 * @param {string} compiler
 * @param {string} folder of the TensorFlow.js package
 * @param {string} nodeHeaders
 * @returns {Promise<void>}
 */
export async function compileBinding(compiler, folder, nodeHeaders) {
  const { target, binding, compiled } = bindingOf(folder);
  mkdirSync(target, { recursive: true });
  const include = [nodeHeaders, join(folder, ".."), join(folder, "deps", "include")].map((path) => `-I${path}`);
  const theirs = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(folder, "binding", name));
  const link = [`-L${join(folder, "deps", "lib")}`, "-ltensorflow", "-ltensorflow_framework"];
  const options = ["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8", "-Wl,-rpath,$ORIGIN/../../deps/lib"];
  const wrapped = "-Wl,--wrap=TF_NewSessionOptions";
  const output = ["-o", `${binding}.part`];
  await run(compiler, [...options, wrapped, ...include, ...theirs, sessionOptions, ...link, ...output]).catch(
    (error) => {
      throw new Refusal(
        "NOT_COMPILED",
        `${compiler} failed on TensorFlow.js' binding:\n${error.stderr ?? error.message}`,
      );
    },
  );
  renameSync(`${binding}.part`, binding);
  copyFileSync(sessionOptions, compiled);
}
