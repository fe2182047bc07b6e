/** The letter that a completion keeps while it is ranked: A for the first shown. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

/** "A", "A and B", "A, B and C". */
export function listLetters(letters: readonly string[]): string {
  if (letters.length < 2) return letters.join("");
  return `${letters.slice(0, -1).join(", ")} and ${letters.at(-1)}`;
}
