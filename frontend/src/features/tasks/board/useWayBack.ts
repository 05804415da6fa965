import { type FocusEvent, useMemo, useRef } from "react";

import { useHands } from "./hands";
import { cardOf } from "./lists";

interface WayBack {
  /** For the line's `onFocus`. */
  readonly arrive: (event: FocusEvent) => void;
  /** Leaves the line for the card from which it was entered; from none it is but left. */
  readonly leave: (line: HTMLElement) => void;
}

/** The way out of a line by Escape: back to the card that was at hand, so that `j` goes on from there. */
export function useWayBack(): WayBack {
  const { lists } = useHands();
  const from = useRef<string | null>(null);
  return useMemo(
    () => ({
      arrive: ({ relatedTarget }) => {
        // What belongs to the line, as a chip of it, is no card: who comes from there has been here.
        from.current = cardOf(relatedTarget) ?? from.current;
      },
      leave: (line) => {
        const card = from.current;
        from.current = null;
        if (card === null || !lists.focus(card)) line.blur();
      },
    }),
    [lists],
  );
}
