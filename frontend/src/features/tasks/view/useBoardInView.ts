import { useMemo } from "react";

import { useToday } from "@/shared/clock/useToday";
import type { Board } from "@/shared/store/board";

import { useView } from "../board/hands";
import { useBoard, useZone } from "../context";
import { boardIn } from "./view";

/**
 * The part of the board that the view shows, the same while nothing in it changes. For what draws cards:
 * the page around them is not to be drawn with each of them.
 */
export function useBoardInView(): Board {
  const board = useBoard();
  const view = useView();
  const zone = useZone();
  const today = useToday(zone);
  return useMemo(() => boardIn(board, view, { zone, today }), [board, today, view, zone]);
}
