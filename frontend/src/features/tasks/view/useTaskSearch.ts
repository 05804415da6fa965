import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";

import { useView } from "../board/hands";
import { type BoardSearch, placeWord, searchOf } from "./address";

/** What the address of an open task says of the board behind it. */
export function useTaskSearch(): BoardSearch {
  const { filter, place } = useView();
  const bucket = useSearch({ strict: false, select: (search) => search.bucket });
  return useMemo(
    () => ({ ...searchOf(filter), ...placeWord(place), ...(bucket ? { bucket } : {}) }),
    [bucket, filter, place],
  );
}
