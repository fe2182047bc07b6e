/** 32-bit FNV-1a over UTF-16 units, finished by murmur3's mixer so that every bit depends on every unit. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * The side of a prompt in a train / held-out split: a stable hash of the prompt's key, so that a prompt keeps its
 * side in every run and on every machine, whatever else is in the data. Splits are by prompt, never by pair.
 */
export function splitOf(key: string, heldOutShare = 0.1): "train" | "held-out" {
  return stableHash(`split:${key}`) / 2 ** 32 < heldOutShare ? "held-out" : "train";
}
