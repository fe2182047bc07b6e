import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "@/components/markdown/markdown";

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

describe("a completion in Markdown", () => {
  it("reads as what it means: headings, lists, tables, code", () => {
    const shown = html("# Title\n\n- one\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx < 1\n```");
    for (const tag of ["<h1>Title</h1>", "<li>one</li>", "<td>1</td>", "<code>x &lt; 1"]) expect(shown).toContain(tag);
  });

  it.each([
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ['<img src="x" onerror="alert(1)">', "&lt;img src="],
    ['a <b onclick="alert(1)">bold</b> word', "&lt;b onclick="],
    ["<!-- a remark -->", "&lt;!-- a remark --&gt;"],
  ])("shows the HTML %s as it was written, and runs nothing of it", (text, written) => {
    const shown = html(text);
    expect(shown).toContain(written);
    expect(shown).not.toMatch(/<(script|img|b)\b/);
  });

  it.each(["javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", " JaVaScRiPt:alert(1)"])(
    "has no link to %s",
    (address) => {
      expect(html(`[here](<${address}>)`)).not.toMatch(/href="\s*(javascript|data|vbscript)/i);
      expect(html(`![here](<${address}>)`)).not.toMatch(/href="\s*(javascript|data|vbscript)/i);
    },
  );

  it("fetches no image: its server would learn who reads what", () => {
    const shown = html("![a chart](https://example.org/pixel.png)");
    expect(shown).not.toContain("<img");
    expect(shown).toContain('href="https://example.org/pixel.png"');
    expect(shown).toContain("image: a chart");
  });

  it("opens links elsewhere, and tells that page nothing of this one", () => {
    expect(html("<https://example.org>")).toMatch(/target="_blank" rel="noopener noreferrer nofollow"/);
  });
});
