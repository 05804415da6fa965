import { useEffect, useEffectEvent, useRef, useState } from "react";
import type uPlot from "uplot";

import { useMedia } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import { theme } from "@/shared/ui/theme";

export type Library = typeof uPlot;

/** The colours of the page, as they are just now. */
export type Colours = Readonly<Record<(typeof COLOURS)[number], string>>;

const COLOURS = ["ink", "muted", "line", "hover", "accent", "missed", "done"] as const;
/** A name in full, so that Tailwind finds it. */
const CLASSES: Record<(typeof COLOURS)[number], string> = {
  ink: "bg-ink",
  muted: "bg-muted",
  line: "bg-line",
  hover: "bg-hover",
  accent: "bg-accent",
  missed: "bg-missed",
  done: "bg-done",
};

/** What a chart is made of, but for its size; `library` has the kinds of lines. */
export type Drawing = (
  colours: Colours,
  library: Library,
  narrow: boolean,
) => Omit<uPlot.Options, "width" | "height">;

interface PlotProps {
  readonly draw: Drawing;
  readonly data: uPlot.AlignedData;
  readonly height: number;
  /** Told of what is pointed at, by its place; null for nothing. */
  readonly onPoint: (index: number | null) => void;
  /** Told that the library could not be fetched. */
  readonly onMissing: () => void;
}

/** Narrower than this there is room for half of the labels. */
const NARROW_PX = 480;

/** A chart of uPlot, whose code is fetched when the first one is drawn. It says nothing to a screen reader. */
export function Plot({ draw, data, height, onPoint, onMissing }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [library, setLibrary] = useState<Library | null>(null);
  const chosen = useObservable(theme);
  const dark = useMedia("(prefers-color-scheme: dark)");
  const missing = useEffectEvent(onMissing);
  const pointed = useEffectEvent(onPoint);
  useEffect(() => {
    let left = false;
    import("./uplot").then(
      (loaded) => {
        if (!left) setLibrary(() => loaded.default);
      },
      () => {
        if (!left) missing();
      },
    );
    return () => {
      left = true;
    };
  }, []);

  const newest = useEffectEvent(() => data);
  useEffect(() => {
    const place = host.current;
    if (!library || !place) return;
    const make = () => {
      chart.current?.destroy();
      const width = place.clientWidth;
      const options = draw(coloursOf(place), library, width < NARROW_PX);
      chart.current = new library(
        {
          ...options,
          width,
          height,
          legend: { show: false },
          hooks: {
            setCursor: [
              ({ cursor }) => {
                pointed(cursor.idx ?? null);
              },
            ],
          },
        },
        newest(),
        place,
      );
    };
    let drawn = place.clientWidth;
    const watching = new ResizeObserver(() => {
      if (place.clientWidth === drawn) return;
      drawn = place.clientWidth;
      make();
    });
    make();
    watching.observe(place);
    return () => {
      watching.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
    // The colours are the theme's.
  }, [library, draw, height, chosen, dark]);

  useEffect(() => {
    chart.current?.setData(data);
  }, [data]);
  return (
    <div
      ref={host}
      aria-hidden="true"
      // The place is kept before the chart is there.
      style={{ height }}
    />
  );
}

/** Canvases know no custom properties: what they come to is asked of elements. */
function coloursOf(place: HTMLElement): Colours {
  const found = COLOURS.map((name) => {
    // One for each: an element that changes its colour may be on the way from the one before.
    const probe = document.createElement("span");
    probe.className = CLASSES[name];
    place.append(probe);
    const colour = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return [name, colour];
  });
  return Object.fromEntries(found) as Colours;
}
