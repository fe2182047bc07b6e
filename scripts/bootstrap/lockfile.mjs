/**
 * What a registry that mirrors only some platforms leaves out of package-lock.json, and `npm ci` then refuses
 * everywhere: the native packages of the other platforms.
 *
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 * @typedef {{ packages: Record<string, Entry> }} Lock
 * @typedef {{ name: string, version: string, dev: boolean }} Missing
 */

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

/**
 * Optional dependencies of a locked package that have no entry of their own.
 * @param {Lock} lock
 * @returns {Missing[]}
 */
export function missingPlatforms({ packages }) {
  return Object.entries(packages).flatMap(([folder, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isLocked(packages, folder, name))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/**
 * The lock with an entry for each of them: its version and, as its name says, its platform. Without an integrity, which
 * only a registry that has the package could give.
 * @param {Lock} lock
 * @returns {Lock}
 */
export function withAllPlatforms(lock) {
  const added = missingPlatforms(lock).map(({ name, version, dev }) => [
    `node_modules/${name}`,
    entryOf(name, version, dev),
  ]);
  const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
  packages.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(packages) };
}

/**
 * Whether `name` is found from `folder` as Node looks for it.
 * @param {Lock["packages"]} packages
 * @param {string} folder
 * @param {string} name
 * @returns {boolean}
 */
function isLocked(packages, folder, name) {
  if (packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`]) return true;
  if (folder === "") return false;
  const above = folder.lastIndexOf("/node_modules/");
  return isLocked(packages, above === -1 ? "" : folder.slice(0, above), name);
}

/** @param {string} name @param {string} version @param {boolean} dev @returns {Entry} */
function entryOf(name, version, dev) {
  const words = name.split(/[/-]/).map((word) => aliases[word] ?? word);
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  const libc = words.includes("musl") ? ["musl"] : words.some((word) => word.startsWith("gnu")) ? ["glibc"] : [];
  return {
    version,
    cpu,
    ...(dev ? { dev } : {}),
    ...(libc.length > 0 ? { libc } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

/** @type {Record<string, string>} */
const aliases = { windows: "win32", 64: "x64", aarch64: "arm64" };
