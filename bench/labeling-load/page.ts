import { findChromium, type RunningBorda } from "@borda/scripts/testing";
import { chromium } from "@playwright/test";
import type { Labeler } from "./labeler";

/** The ranking page as a browser meets it for the first time. */
export interface PageFigures {
  /** Bytes that came over the wire, headers included, with an empty cache. */
  readonly bytes: number;
  /** Milliseconds from the navigation until a completion is shown and its keys work; the median of several. */
  readonly readyMs: number;
}

const visits = 5;

/** Null where there is no Chromium. */
export async function weighPage({ webUrl }: RunningBorda, labeler: Labeler): Promise<PageFigures | null> {
  const executablePath = findChromium();
  if (!executablePath) return null;
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const figures: PageFigures[] = [];
    for (let visit = 0; visit < visits; visit++) {
      // A context of its own has an empty cache.
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      const cookies = labeler.session.cookie.split("; ").map((pair) => {
        const at = pair.indexOf("=");
        return { name: pair.slice(0, at), value: decodeURIComponent(pair.slice(at + 1)), url: webUrl };
      });
      await context.addCookies(cookies);
      const page = await context.newPage();
      const network = await context.newCDPSession(page);
      await network.send("Network.enable");
      let bytes = 0;
      network.on("Network.loadingFinished", ({ encodedDataLength }) => {
        bytes += encodedDataLength;
      });
      await page.goto(new URL(`/label/${labeler.projectId}`, webUrl).href, { waitUntil: "commit" });
      const readyMs = await page.evaluate<number>(untilReady);
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

/**
 * Run in the page: the moment when the first completion is there and React listens to it. As text, because a compiled
 * function would bring its compiler's helpers along.
 */
const untilReady = `new Promise((resolve) => {
  const look = () => {
    const card = document.querySelector("[data-card]");
    if (card && Object.keys(card).some((key) => key.startsWith("__reactProps$"))) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})`;
