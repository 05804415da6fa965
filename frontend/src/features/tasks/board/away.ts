import type { Board } from "@/shared/store/board";

/** How many tasks that are missed now fell due after `since`, when the page was last looked at. */
export function missedSince(board: Board, since: number): number {
  return board.missed.filter(({ deadline }) => deadline !== null && Date.parse(deadline) > since)
    .length;
}
