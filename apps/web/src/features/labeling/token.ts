/** A new idempotency token: a random UUID, also where crypto.randomUUID is withheld (plain http, another host). */
export function newToken(random: Uint8Array = crypto.getRandomValues(new Uint8Array(16))): string {
  const hex = Array.from(random, (byte, i) => {
    const marked = i === 6 ? (byte & 0x0f) | 0x40 : i === 8 ? (byte & 0x3f) | 0x80 : byte;
    return marked.toString(16).padStart(2, "0");
  }).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
