"use client";

import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** A colour of the look, by its token. */
type Colour = "accent" | "soft" | "faint" | "edge";

export interface Line {
  readonly name: string;
  /** One a point of x; null leaves a gap. */
  readonly values: readonly (number | null)[];
  readonly colour: Colour;
  readonly width?: number;
  readonly dash?: readonly [number, number];
  /** Marks each point, for lines of few. */
  readonly points?: boolean;
  /** Fills the space to the line before it, as an interval. */
  readonly fillToPrevious?: boolean;
}

const HEIGHT = 220;

/**
 * Lines over steps, drawn on a canvas so that thousands of points move smoothly. Colours follow the theme. The figures
 * stand as text beside the chart; `summary` says it to those who cannot see it.
 */
export function LineChart({
  summary,
  x,
  lines,
  format,
  bounds,
}: {
  summary: string;
  x: readonly number[];
  lines: readonly Line[];
  /** How a value is written on the axis and in the legend. */
  format: (value: number) => string;
  /** No value lies outside, and the axis does not reach beyond. */
  bounds?: readonly [least: number, most: number];
}) {
  const root = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef<uPlot.AlignedData>([[]]);
  latest.current = [[...x], ...lines.map(({ values }) => [...values])] as uPlot.AlignedData;
  // Marks of the legend take their colours once, when the plot is made: another theme makes it anew.
  const [themes, setThemes] = useState(0);
  const looks = JSON.stringify(lines.map(({ values: _, ...look }) => look));

  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew for each theme.
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const made = new uPlot(
      optionsOf(element, JSON.parse(looks) as Omit<Line, "values">[], format, bounds),
      latest.current,
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const retheme = () => setThemes((count) => count + 1);
    const themed = new MutationObserver(retheme);
    themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", retheme);
    return () => {
      resized.disconnect();
      themed.disconnect();
      system.removeEventListener("change", retheme);
      made.destroy();
      plot.current = null;
    };
  }, [looks, format, bounds, themes]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `latest` is filled from exactly these.
  useEffect(() => plot.current?.setData(latest.current), [x, lines]);

  return (
    <div
      ref={root}
      role="img"
      aria-label={summary}
      className="text-faint [&_.u-legend]:mt-1! [&_.u-legend]:text-xs! [&_.u-legend_th]:font-medium! [&:not(:hover)_.u-series:first-child]:invisible [&:not(:hover)_.u-value]:invisible [&:not(:hover)_.u-legend_th]:after:hidden"
      style={{ minHeight: HEIGHT }}
    />
  );
}

function optionsOf(
  element: HTMLElement,
  looks: readonly Omit<Line, "values">[],
  format: (value: number) => string,
  bounds: readonly [number, number] | undefined,
): uPlot.Options {
  const colour = (token: Colour | "line", alpha = 1) => colourOf(element, `--color-${token}`, alpha);
  const axis = {
    stroke: () => colour("faint"),
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
    font: `12px ${getComputedStyle(element).fontFamily}`,
  } satisfies uPlot.Axis;
  const bands = looks.flatMap(({ fillToPrevious, colour: token }, i) =>
    fillToPrevious
      ? [{ series: [i + 1, i] as [number, number], fill: () => colour(token, 0.15) } as unknown as uPlot.Band]
      : [],
  );
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false }, ...(bounds ? { y: { range: (_, from, to) => rangeWithin(bounds, from, to) } } : {}) },
    legend: { live: true },
    cursor: { points: { size: 6 } },
    axes: [
      { ...axis, size: 28, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : "")) },
      { ...axis, size: widthOf, values: (_, ticks) => ticks.map(format) },
    ],
    bands,
    series: [
      { label: "Step" },
      ...looks.map(
        ({ name, colour: token, width = 2, dash, points }): uPlot.Series => ({
          label: name,
          stroke: () => colour(token),
          width,
          ...(dash ? { dash: [...dash] } : {}),
          points: points ? { show: true, size: 6, fill: () => colour(token) } : { show: false },
          value: (_, value) => (value === null ? "–" : format(value)),
        }),
      ),
    ],
  };
}

/** The axis of these values with a twentieth of room at either end, within the bounds. */
function rangeWithin([least, most]: readonly [number, number], from: number, to: number): [number, number] {
  const room = Math.max(to - from, 0.1 * (most - least)) / 20;
  return [Math.max(least, from - room), Math.min(most, to + room)];
}

/** Pixels that the longest of an axis' figures takes. */
function widthOf(_: uPlot, figures: readonly string[] | null): number {
  return Math.max(48, 20 + 7 * Math.max(0, ...(figures ?? []).map(({ length }) => length)));
}

/** What a token is in the present theme: a canvas knows no custom properties, so the element resolves it. */
function colourOf(element: HTMLElement, token: string, alpha: number): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return alpha === 1 ? colour : colour.replace(/^rgb\((.+)\)$/, `rgba($1, ${alpha})`);
}
