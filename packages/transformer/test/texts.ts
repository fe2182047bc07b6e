/** Texts of many kinds, for tokenizers and encoders. */
export const texts = [
  "Hello, world!",
  "The quick brown fox jumps over the lazy dog.",
  "What is the capital of France? It's Paris, of course — c'est évident.",
  "Ünïcödé, naïve café, Straße, ﬁne ligature, ①②③, ｆｕｌｌｗｉｄｔｈ",
  "日本語のテキスト and 한국어, Ελληνικά, русский, العربية",
  "😀 emoji 👩‍👩‍👧 family, flags 🇫🇷, \u200b zero width, \ud800 lone surrogate",
  "line one\nline two\n\n  indented\ttabbed\r\n",
  "if (x < 10) {\n  return `y` + foo_bar[0];\n} // <s> </s> extra_token_id_1",
  "  leading and   inner    spaces  ",
  "1234567890 3.14159 2026-11-22 $5,000.00 50% #hashtag @name a@b.com http://www.example.org/a?b=c",
  "User: How do I bake bread?\n\nAssistant: Mix flour, water, salt and yeast; knead; wait; bake.",
  "▁ the word boundary itself ▁▁ and � the replacement character",
  "Supercalifragilisticexpialidocious antidisestablishmentarianism",
  "x",
  " ",
  "\n",
];

/** A text of at least `words` words, different for each seed. */
export function longText(words: number, seed: number): string {
  const vocabulary = texts.flatMap((text) => text.split(/\s+/).filter((word) => /^\w+$/.test(word)));
  let state = seed;
  return Array.from({ length: words }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return vocabulary[state % vocabulary.length];
  }).join(" ");
}
