import { type FocusEventHandler, type RefObject, useLayoutEffect, useRef } from "react";

const ROW = "[data-task]";

interface Had {
  readonly element: HTMLElement;
  /** Which of the rows it stands in; -1 for none. */
  readonly row: number;
}

/**
 * Keeps the focus in a panel whose rows come and go: when what has it leaves the page, the row that has taken its place
 * gets it, or else the last one, or the panel itself. Returns what tells of the focus, for the panel's element.
 */
export function useKeptFocus(panel: RefObject<HTMLElement | null>): {
  readonly onFocus: FocusEventHandler;
  readonly onBlur: FocusEventHandler;
} {
  const had = useRef<Had | null>(null);
  // After each drawing: any may have taken a row away, or moved it.
  useLayoutEffect(() => {
    const place = panel.current;
    if (!had.current || !place) return;
    const { element, row } = had.current;
    const rows = [...place.querySelectorAll<HTMLElement>(ROW)];
    if (element.isConnected) {
      had.current = { element, row: rowOf(element, rows) };
      return;
    }
    had.current = null;
    if (document.activeElement !== document.body) return;
    const next = rows[Math.min(Math.max(row, 0), rows.length - 1)];
    const control = element.dataset.control ?? "reschedule";
    (next?.querySelector<HTMLElement>(`[data-control="${control}"]`) ?? place).focus();
  });
  return {
    onFocus: ({ currentTarget, target }) => {
      if (!(target instanceof HTMLElement)) return;
      const rows = [...currentTarget.querySelectorAll<HTMLElement>(ROW)];
      had.current = { element: target, row: rowOf(target, rows) };
    },
    // An element that is taken away tells of none: whoever has left by themselves is not called back.
    onBlur: () => {
      had.current = null;
    },
  };
}

function rowOf(element: HTMLElement, rows: readonly HTMLElement[]): number {
  return rows.indexOf(element.closest<HTMLElement>(ROW) ?? element);
}
