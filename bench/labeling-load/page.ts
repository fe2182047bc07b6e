import { findChromium } from "@borda/scripts/testing";
import { chromium } from "@playwright/test";
import type { LabelingPage } from "./labeler";

/** A labeling page as a browser meets it for the first time. */
export interface PageFigures {
  /** Bytes that came over the wire, headers included, with an empty cache. */
  readonly bytes: number;
  /** Milliseconds from the navigation until a completion is shown and can be ranked; the median of several. */
  readonly readyMs: number;
}

const visits = 5;

/** Null where there is no Chromium. */
export async function weighPage({ url, cookie, ready }: LabelingPage): Promise<PageFigures | null> {
  const executablePath = findChromium();
  if (!executablePath) return null;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", onlyThisMachine] });
  try {
    const figures: PageFigures[] = [];
    for (let visit = 0; visit < visits; visit++) {
      // A context of its own has an empty cache.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const cookies = cookie.split("; ").map((pair) => {
        const at = pair.indexOf("=");
        return { name: pair.slice(0, at), value: decodeURIComponent(pair.slice(at + 1)), url };
      });
      await context.addCookies(cookies);
      const page = await context.newPage();
      const network = await context.newCDPSession(page);
      await network.send("Network.enable");
      let bytes = 0;
      network.on("Network.loadingFinished", ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      await page.goto(url, { waitUntil: "commit" });
      const readyMs = await page.evaluate<number>(untilReady(ready));
      await page.waitForLoadState("networkidle");
      figures.push({ bytes, readyMs });
      await context.close();
    }
    const [, , median] = figures.map(({ readyMs }) => readyMs).sort((a, b) => a - b);
    return { bytes: Math.max(...figures.map(({ bytes }) => bytes)), readyMs: median ?? Number.NaN };
  } finally {
    await browser.close();
  }
}

/** A page that asks for something of another machine gets nothing. */
const onlyThisMachine = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/**
 * Run in the page: the moment when it is ready. As text, because a compiled function would bring its compiler's helpers
 * along.
 */
const untilReady = (ready: string) => `new Promise((resolve) => {
  const look = () => {
    if (${ready}) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})`;
