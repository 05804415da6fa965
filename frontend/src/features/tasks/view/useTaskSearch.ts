import { useRouterState, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useView } from "../board/hands";
import { type BoardSearch, pageAt, pageOfWord, placeWord, searchOf } from "./address";

/**
 * What the address of an open task says of where it was opened from, and of the board behind it. What is opened from an
 * open task leads back to where that was opened from; `anew` where it is the board that is at hand.
 */
export function useTaskSearch({ anew = false } = {}): BoardSearch {
  const { filter, place } = useView();
  const bucket = useSearch({ strict: false, select: (search) => search.bucket });
  const page = useRouterState({
    select: ({ location: { pathname, search } }) =>
      pageAt(pathname) ?? (anew ? null : pageOfWord(search.in)),
  });
  return useMemo(
    () => ({
      ...searchOf(filter),
      ...(page === null ? placeWord(place) : { in: page }),
      ...(bucket ? { bucket } : {}),
    }),
    [bucket, filter, page, place],
  );
}
