import { useMemo } from "react";

import { useView } from "../board/hands";
import { placeWord, searchOf, type ViewSearch } from "./address";

/** What the address of an open task says of the board behind it. */
export function useTaskSearch(): ViewSearch {
  const { filter, place } = useView();
  return useMemo(() => ({ ...searchOf(filter), ...placeWord(place) }), [filter, place]);
}
