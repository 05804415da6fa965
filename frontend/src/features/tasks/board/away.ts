import type { Board } from "@/shared/store/board";

/** A time in which nobody looked at the page, ms since 1970. */
export interface Absence {
  readonly since: number;
  readonly until: number;
}

/** How many tasks that are missed now fell due in it, those apart that were made only afterwards. */
export function missedIn(board: Board, { since, until }: Absence): number {
  return board.missed.filter(({ deadline, created_at }) => {
    const due = deadline === null ? since : Date.parse(deadline);
    return due > since && due <= until && Date.parse(created_at) <= until;
  }).length;
}
