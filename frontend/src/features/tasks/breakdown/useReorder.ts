import { type PointerEvent, useRef, useState } from "react";

interface Drag {
  readonly key: string;
  /** Where it was and where it would go, counted from 0. */
  readonly from: number;
  readonly to: number;
  /** How far the pointer has carried it, px. */
  readonly by: number;
  /** How much room it takes, px. */
  readonly height: number;
}

/** Carries a row of a list to another place by its handle. */
export function useReorder(onMove: (key: string, place: number) => void) {
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const start = useRef<{ y: number; middles: readonly number[] }>({ y: 0, middles: [] });

  const handle = (key: string, index: number) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
      start.current = {
        y: event.clientY,
        middles: rows.map(({ top, height }) => top + height / 2),
      };
      event.currentTarget.setPointerCapture(event.pointerId);
      setDrag({ key, from: index, to: index, by: 0, height: rows[index]?.height ?? 0 });
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (drag?.key !== key) return;
      const { y, middles } = start.current;
      const by = event.clientY - y;
      const middle = (middles[index] ?? 0) + by;
      const above = middles.filter((other, place) => place !== index && other < middle).length;
      setDrag({ ...drag, by, to: above });
    },
    onPointerUp: () => {
      if (drag?.key !== key) return;
      setDrag(null);
      if (drag.to !== index) onMove(key, drag.to);
    },
    onPointerCancel: () => {
      setDrag(null);
    },
  });

  /** How a row stands while one is carried. */
  const styleOf = (key: string, index: number) => {
    if (!drag) return undefined;
    if (drag.key === key) return { transform: `translateY(${drag.by}px)` };
    const { from, to, height } = drag;
    const shift = index > from && index <= to ? -height : index < from && index >= to ? height : 0;
    return { transform: `translateY(${shift}px)`, transition: "transform 160ms var(--ease)" };
  };

  return { list, handle, styleOf, carried: drag?.key ?? null };
}
