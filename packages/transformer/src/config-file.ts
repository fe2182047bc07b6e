import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BackboneNotFound, UnsupportedConfig } from "./errors";

/** config.json as an object, unchecked. */
export interface ConfigFile {
  readonly path: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of fields whose numbers are written with a point or an exponent: see configText. */
  readonly floatFields: ReadonlySet<string>;
}

/** Strings, which are passed over, and numbers. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const FLOAT = "\u0000float ";

/** Reads a folder's config.json. Throws BackboneNotFound and UnsupportedConfig. */
export async function readConfigFile(folder: string): Promise<ConfigFile> {
  const path = join(folder, "config.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new BackboneNotFound(
      `${folder} is no backbone: its config.json cannot be read. Name a checkpoint's folder, or "starter".`,
      { cause },
    );
  }
  const floatFields = new Set<string>();
  const config = parse(text, path);
  const marked = text.replace(tokens, (token) => (/^-?\d.*[.eE]/.test(token) ? JSON.stringify(FLOAT) : token));
  JSON.parse(marked, function (this: unknown, key, value) {
    const inList = Array.isArray(value) && value.includes(FLOAT);
    if (value === FLOAT || inList) floatFields.add(key);
    return value;
  });
  return { path, config, floatFields };
}

/**
 * The config as text, with a point in every whole number of a field that had one: JavaScript makes no difference between
 * 2 and 2.0, but transformers refuses the one where its class says float.
 */
export function configText(config: Readonly<Record<string, unknown>>, floatFields: ReadonlySet<string>): string {
  const mark = (key: string, value: unknown): unknown => {
    if (!floatFields.has(key)) return value;
    return Array.isArray(value) ? value.map(asFloat) : asFloat(value);
  };
  return `${JSON.stringify(config, mark, 2).replace(/"\\u0000float (-?\d+)"/g, "$1.0")}\n`;
}

function asFloat(value: unknown): unknown {
  return Number.isSafeInteger(value) ? `${FLOAT}${value}` : value;
}

function parse(text: string, path: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    throw new UnsupportedConfig("", `${path} is not JSON.`);
  }
  if (typeof config !== "object" || config === null) throw new UnsupportedConfig("", `${path} is not a JSON object.`);
  return config as Record<string, unknown>;
}
