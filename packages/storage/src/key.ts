import { InvalidKey } from "./errors";

const name = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/**
 * Throws InvalidKey unless `key` is a relative path of plain names, so that no key leaves the root, hides behind a
 * dot or differs between file systems. At most 512 characters.
 *
 * Example: "uploads/ck1x" passes; "", "/etc", "a/../b", "a//b" and ".tmp/x" do not.
 */
export function checkKey(key: string): string {
  if (key.length === 0) throw new InvalidKey(key, "it is empty");
  if (key.length > 512) throw new InvalidKey(`${key.slice(0, 32)}…`, "it is longer than 512 characters");
  const wrong = key.split("/").find((part) => !name.test(part));
  if (wrong !== undefined)
    throw new InvalidKey(key, wrong === "" ? "a name in it is empty" : `${JSON.stringify(wrong)} is not a name`);
  return key;
}
