import type uPlot from "uplot";

import type { Colours, Library } from "./Plot";

const FONT =
  '12px ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** The lower axis: names of places, as many as there is room for. */
export function namesAxis(colours: Colours, names: readonly string[], every: number): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: FONT,
    size: 28,
    gap: 6,
    grid: { show: false },
    ticks: { show: false },
    splits: () => names.map((_, place) => place).filter((place) => place % every === 0),
    values: (_, places) => places.map((place) => names[place] ?? ""),
  };
}

/** The left axis, with a thin line at each value. */
export function valuesAxis(
  colours: Colours,
  say: (value: number) => string,
  size = 44,
): uPlot.Axis {
  return {
    stroke: colours.muted,
    font: FONT,
    size,
    gap: 6,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    values: (_, values) => values.map((value) => say(value)),
  };
}

/** Each of `count` places has its room, the first and the last as well. */
export function placesScale(count: number): uPlot.Scale {
  return { time: false, range: () => [-0.5, count - 0.5] };
}

interface Look {
  readonly fill: string;
  readonly stroke?: string;
  /** How much of its room a bar takes, and how wide it is at most, in pixels. */
  readonly size: readonly [number, number];
}

/** Bars that stand on the axis. */
export function bars({ paths }: Library, { fill, stroke, size }: Look): uPlot.Series {
  const built = paths.bars?.({ size: [size[0], size[1]], radius: 0.1 });
  return {
    fill,
    width: stroke ? 1 : 0,
    points: { show: false },
    ...(stroke ? { stroke } : {}),
    ...(built ? { paths: built } : {}),
  };
}

/** A cursor that only points: nothing is dragged, and only the place counts. */
export const POINTING: uPlot.Cursor = {
  y: false,
  drag: { x: false, y: false },
  points: { show: false },
};
