import { useEffect } from "react";

import { BUCKETS } from "@/shared/store/bucket";

import { useBoardInView } from "../view/useBoardInView";
import { useHands } from "./hands";

/** Keeps selected only what the view shows: a task that is gone, or out of sight, must not be changed unseen. */
export function OnlyInSight() {
  const board = useBoardInView();
  const { selection } = useHands();
  useEffect(() => {
    if (selection.ids.get().size === 0) return;
    const shown = new Set(BUCKETS.flatMap((bucket) => board[bucket].map(({ id }) => id)));
    selection.keepOnly((id) => shown.has(id));
  }, [board, selection]);
  return null;
}
