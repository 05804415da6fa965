import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { Task } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import { useObservable } from "@/shared/lib/observable";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import { Card } from "../card/Card";
import { useZone } from "../context";
import type { Preset } from "../deadline/deadline";
import { Empty } from "./Empty";
import { useHands, useView } from "./hands";
import { byDay } from "./groups";
import { type Row, rowsOf, type Stack } from "./rows";

/** What a row most often measures, px; each is measured once it is drawn. */
const HEADING_PX = 26;
const CARD_PX: Record<Bucket, number> = { upcoming: 68, missed: 110, completed: 68 };
const GAP_PX = 8;
/** Drawn beyond either edge of the window, so that keys and quick wheels find cards there. */
const OVERSCAN = 8;

interface ColumnProps {
  readonly bucket: Bucket;
  readonly tasks: readonly Task[];
  /** Wants a new task due by it, where there is nothing; without it nothing stands there. */
  readonly onBegin?: (preset: Preset) => void;
}

/**
 * One bucket's cards. However many there are, only those near the window are drawn; and none while
 * another bucket changes.
 */
export const Column = memo(function Column({ bucket, tasks, onBegin }: ColumnProps) {
  const stacks = useStacks(bucket, tasks);
  const dragging = useObservable(useHands().dragged) !== null;
  const rows = useMemo(
    () => rowsOf(stacks, dragging && bucket === "upcoming"),
    [bucket, dragging, stacks],
  );
  if (rows.length > 0) return <Rows bucket={bucket} rows={rows} />;
  return onBegin ? <Empty bucket={bucket} onBegin={onBegin} /> : null;
});

function useStacks(bucket: Bucket, tasks: readonly Task[]): readonly Stack[] {
  const zone = useZone();
  const today = useToday(zone);
  const { order } = useView().filter;
  return useMemo(
    () =>
      bucket === "upcoming"
        ? byDay(tasks, zone, today, order)
        : [{ day: null, name: text.buckets[bucket], tasks }],
    [bucket, order, tasks, today, zone],
  );
}

function Rows({ bucket, rows }: { readonly bucket: Bucket; readonly rows: readonly Row[] }) {
  const { lists } = useHands();
  const box = useRef<HTMLDivElement>(null);
  const margin = useTop(box);
  /** The card that has, or had, the focus: it stays on the page however far that is scrolled. */
  const [held, setHeld] = useState<string | null>(null);
  const heldAt = useMemo(
    () => (held === null ? -1 : rows.findIndex(({ task }) => task?.id === held)),
    [held, rows],
  );
  const list = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.task ? CARD_PX[bucket] : HEADING_PX),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    // What is not laid out, as in a hidden part, is not a card of no height.
    measureElement: (element, entry, of) =>
      (entry?.borderBoxSize[0]?.blockSize ?? (element as HTMLElement).offsetHeight) ||
      of.options.estimateSize(of.indexFromElement(element)),
    gap: GAP_PX,
    overscan: OVERSCAN,
    scrollMargin: margin,
    rangeExtractor: useCallback((range: Range) => withHeld(range, heldAt), [heldAt]),
    // Cards that cross into an empty list are there at once, for the eye and the focus.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    useFlushSync: false,
  });
  useEffect(
    () =>
      lists.put(bucket, {
        ids: rows.flatMap(({ task }) => task?.id ?? []),
        reveal: (id) => {
          // At once, for the focus is to go there.
          flushSync(() => {
            setHeld(id);
          });
        },
      }),
    [bucket, lists, rows],
  );
  const drawn = list.getVirtualItems().flatMap(({ index, start }) => {
    const row = rows[index];
    return row ? [{ row, index, top: start - margin }] : [];
  });
  const stacks = [...new Set(drawn.map(({ row }) => row.stack))];
  return (
    <div
      ref={box}
      className="relative"
      style={{ height: list.getTotalSize() }}
      onFocus={({ target }) => {
        const id = target.closest<HTMLElement>("[data-travel]")?.dataset.travel;
        if (id !== undefined) setHeld(id);
      }}
    >
      {stacks.map((stack) => {
        const cards = drawn.flatMap(({ row, index, top }) =>
          row.stack === stack && row.task !== null ? [{ row, index, top }] : [],
        );
        const heading = drawn.find(({ row }) => row.stack === stack && row.task === null);
        const Stacked = stack.day === null ? "div" : "section";
        return (
          <Stacked key={stack.name} aria-label={stack.day === null ? undefined : stack.name}>
            {heading && (
              <h3
                ref={list.measureElement}
                data-index={heading.index}
                data-drop={`day-${stack.day}`}
                className="absolute inset-x-0 flex items-baseline gap-2 pt-2 text-meta text-muted"
                style={{ top: heading.top }}
              >
                {stack.name}
                <span className="tabular">{stack.tasks.length}</span>
              </h3>
            )}
            {cards.length > 0 && (
              <ul aria-label={stack.name}>
                {cards.map(({ row, index, top }) => (
                  <li
                    key={row.key}
                    ref={list.measureElement}
                    data-index={index}
                    data-travel={row.key}
                    data-bucket={bucket}
                    data-drop={stack.day === null ? undefined : `day-${stack.day}`}
                    aria-posinset={row.place}
                    aria-setsize={stack.tasks.length}
                    className="absolute inset-x-0 scroll-mt-44 scroll-mb-40 rounded-card group-has-[[data-note]]/board:scroll-mb-64"
                    style={{ top }}
                  >
                    <Card task={row.task} bucket={bucket} />
                  </li>
                ))}
              </ul>
            )}
          </Stacked>
        );
      })}
    </div>
  );
}

function withHeld(range: Range, held: number): number[] {
  const drawn = defaultRangeExtractor(range);
  if (held === -1 || drawn.includes(held)) return drawn;
  return [...drawn, held].sort((a, b) => a - b);
}

/** How far below the page's top the list begins; what stands above it comes and goes. */
function useTop(box: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- any drawing may change what stands above
  useLayoutEffect(() => {
    const now = box.current;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- only what is laid out can be measured
    if (now) setTop(Math.round(now.getBoundingClientRect().top + window.scrollY));
  });
  return top;
}
