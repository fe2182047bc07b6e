import { describe, expect, test } from "vitest";
import { hasMathematics, normaliseMathematics } from "@/components/markdown/mathematics";

describe("every notation of mathematics becomes $$", () => {
  test.each([
    ["so \\(x^2\\) it is", "so $$x^2$$ it is"],
    ["so $x^2$ it is", "so $$x^2$$ it is"],
    ["\\[ a = b \\]", "\n\n$$\na = b\n$$\n\n"],
    ["$$a$$", "$$a$$"],
    ["$\\frac{1}{2}$, $y$", "$$\\frac{1}{2}$$, $$y$$"],
  ])("%j becomes %j", (text, expected) => {
    expect(normaliseMathematics(text)).toBe(expected);
    expect(hasMathematics(text)).toBe(true);
  });
});

test.each([
  "It costs $5 and $10.",
  "from $5-$10",
  "`$x$` is code",
  "```\n$a$ and \\(b\\)\n```",
  "\\$x$ stays",
  "no mathematics",
])("%j has none", (text) => {
  expect(normaliseMathematics(text)).toBe(text);
  expect(hasMathematics(text)).toBe(false);
});
