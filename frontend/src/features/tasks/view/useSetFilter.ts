import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useCallback, useEffect, useRef } from "react";

import { useView } from "../board/hands";
import { type BoardSearch, searchOf } from "./address";
import { type Filter, NO_FILTER, type View } from "./view";

/** The view as it is when something is done, for what outlives one drawing. */
export function useViewRef(): RefObject<View> {
  const view = useView();
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  return latest;
}

/** Narrows the board; the address keeps it, and what is open stays open. */
export function useSetFilter(): (change: Partial<Filter>) => void {
  const navigate = useNavigate();
  return useCallback(
    (change) => {
      void navigate({
        to: ".",
        // The address may be ahead of what is drawn.
        search: ({ project, label, priority, q, order, ...rest }: BoardSearch) => ({
          ...rest,
          ...searchOf({
            ...NO_FILTER,
            ...defined({ project, label, priority, q, order }),
            ...change,
          }),
        }),
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as never;
}
