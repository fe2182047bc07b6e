import { execFile, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Refusal, say } from "../bootstrap/checkout.mjs";
import { requireSpace } from "../bootstrap/disk.mjs";
import { isInstalled } from "../bootstrap/install.mjs";
import { takeLock } from "../bootstrap/lock.mjs";
import { compileBinding, findCompiler, isCompiled, placeTensorflow } from "./binding.mjs";
import { builds, tensorflowVersion } from "./builds.mjs";
import { download, megabytes, requireWheel } from "./download.mjs";
import { locate, pythonIndex } from "./python-index.mjs";

const gpuLibraries =
  "TensorFlow also loads CUDA 12 and cuDNN 9 (Debian: cuda-libraries-12-9 and libcudnn9-cuda-12 of NVIDIA's repository; a folder of them goes into LD_LIBRARY_PATH).";
const here = dirname(fileURLToPath(import.meta.url));

/**
 * Sets up one build of TensorFlow in HOME/tensorflow, for the executor "tensorflow" of packages/tensor:
 *
 *     package.json, package-lock.json, node_modules/   TensorFlow.js, by `npm ci`
 *     node_modules/@tensorflow/tfjs-node[-gpu]/deps/   TensorFlow's C library, from its Python wheel
 *     cpu.json, gpu.json                               what is set up: the last thing written
 *
 * What is there and whole stays; what broke off goes on. The plain install is not touched.
 * @param {keyof typeof builds} name
 * @param {string} home
 * @param {string} [wheel] fetched by hand
 * @returns {Promise<void>}
 */
export async function setup(name, home, wheel) {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Refusal(
      "NO_BUILD",
      `TensorFlow is set up on Linux on x86-64 only, and this is ${process.platform} on ${process.arch}: the executor onnx runs here without any set-up.`,
    );
  }
  const build = builds[name];
  const folder = join(home, "tensorflow");
  const marker = join(folder, `${name}.json`);
  const wanted = { package: build.package, tensorflow: tensorflowVersion, wheel: build.wheel, sha256: build.sha256 };
  mkdirSync(folder, { recursive: true });
  const lock = takeLock(join(folder, "lock"));
  if ("heldBy" in lock)
    throw new Refusal("BUSY", `Another set-up (process ${lock.heldBy}) works in ${folder}: wait for it.`);
  try {
    copyIfOther("package.json", folder);
    copyIfOther("package-lock.json", folder);
    const packageFolder = join(folder, "node_modules", build.package);
    const headers = join(folder, "node_modules", "node-api-headers", "include");
    if (isInstalled(folder) && existsSync(marker) && readFileSync(marker, "utf8") === text(wanted)) {
      if (!isCompiled(packageFolder)) {
        say("Compiling TensorFlow.js' binding ...");
        await compileBinding((await findCompiler()).name, packageFolder, headers);
      }
      say(`${build.package} with TensorFlow ${await probe(build.package, folder)} is set up in ${folder}.`);
      sayGpu(name);
      return;
    }
    const compiler = await findCompiler();
    say(`Setting up ${build.package} with TensorFlow ${tensorflowVersion} in ${folder}.`);
    say(
      `Needs ${megabytes(build.bytes)} from the Python index, 60 MB from the npm registry, ${megabytes(build.disk)} of disk, a C++ compiler.`,
    );
    say(`Found ${compiler.version}; the Python index ${wheel ? "is not needed" : redacted(pythonIndex(process.env))}.`);
    await requireSpace(folder, build.disk, `setting up TensorFlow (${name})`);
    rmSync(marker, { force: true });
    await installPackages(folder);
    const path = wheel ?? join(folder, build.wheel);
    if (wheel) await requireWheel(wheel, build);
    else await fetchWheel(build, path);
    say(`Unpacking TensorFlow's library from ${basename(path)} ...`);
    await placeTensorflow(path, packageFolder);
    say("Compiling TensorFlow.js' binding ...");
    await compileBinding(compiler.name, packageFolder, headers);
    say(`TensorFlow ${await probe(build.package, folder)} runs.`);
    writeWhole(marker, text(wanted));
    if (!wheel) rmSync(path);
    sayGpu(name);
  } finally {
    lock.release();
  }
}

/** @param {typeof builds.cpu} build @param {string} path */
async function fetchWheel(build, path) {
  if (!existsSync(path)) say(`Fetching ${build.wheel} ...`);
  await download(await locate(pythonIndex(process.env), build.project, build.wheel), build, path);
}

/** TensorFlow.js and Node-API's headers, by the lock file. @param {string} folder */
async function installPackages(folder) {
  if (isInstalled(folder)) return;
  // npm ci empties node_modules, and with it every build in there.
  for (const name of Object.keys(builds)) rmSync(join(folder, `${name}.json`), { force: true });
  say("Installing TensorFlow.js (npm ci) ...");
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []];
  const code = await new Promise((resolve, reject) => {
    // TensorFlow.js' own install script would fetch a TensorFlow of 2021.
    const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    spawn(command, [...args, ...options], { cwd: folder, stdio: ["ignore", 2, 2] })
      .on("error", reject)
      .on("exit", resolve);
  });
  if (code !== 0)
    throw new Refusal("INSTALL_FAILED", "npm ci failed: mend what it says above, then run the command again.");
}

/**
 * Loads the build in a process of its own and lets it compute; returns its version.
 * @param {string} packageName
 * @param {string} folder
 * @returns {Promise<string>}
 */
async function probe(packageName, folder) {
  const program = `
    const tf = require(${JSON.stringify(packageName)});
    if (tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0] !== 11) throw new Error("1 * 3 + 2 * 4 is not 11");
    process.stdout.write(tf.backend().binding.TF_Version);`;
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], {
    cwd: folder,
    env: environment,
  }).catch((error) => {
    const said = `${packageName} cannot be loaded:\n${error.stderr ?? error.message}`;
    // With a driver and without the libraries TensorFlow ends the process, and does not say what it wants.
    const wants = packageName === builds.gpu.package && hasDriver() ? `\nNVIDIA's driver is here: ${gpuLibraries}` : "";
    throw new Refusal("NOT_LOADED", said + wants);
  });
  return stdout;
}

function hasDriver() {
  return existsSync("/proc/driver/nvidia/version");
}

/** What a GPU would need beside this set-up. @param {string} name */
function sayGpu(name) {
  if (name !== "gpu") return;
  say(
    hasDriver()
      ? `NVIDIA's driver is here. ${gpuLibraries}`
      : "There is no NVIDIA driver here: this build runs on the CPU until there is one.",
  );
}

/** @param {string} name @param {string} folder */
function copyIfOther(name, folder) {
  const [from, to] = [join(here, name), join(folder, name)];
  if (!existsSync(to) || readFileSync(from, "utf8") !== readFileSync(to, "utf8")) copyFileSync(from, to);
}

/** @param {string} path @param {string} content */
function writeWhole(path, content) {
  writeFileSync(`${path}.part`, content);
  renameSync(`${path}.part`, path);
}

/** @param {object} value */
function text(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** An address without its password. @param {string} address */
function redacted(address) {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url.href;
}
