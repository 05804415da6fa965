import type { Breakdown } from "@/shared/api/types";
import { DAY_MS } from "@/shared/lib/durations";

/** How long a draft that nobody touches stays in snapshots. */
const KEPT_MS = 7 * DAY_MS;

/** Nothing changes any more, but for an undo. */
function isClosed({ status }: Pick<Breakdown, "status">): boolean {
  return status === "applied" || status === "cancelled";
}

/** Whether a snapshot taken at `now` holds the draft; the same rule as the server's. */
function isKeptDraft(draft: Pick<Breakdown, "status" | "updated_at">, now: number): boolean {
  return !isClosed(draft) && Date.parse(draft.updated_at) > now - KEPT_MS;
}

/** What a snapshot taken at `now` would hold of these, newest first. */
export function draftsAt(drafts: Iterable<Breakdown>, now: number): readonly Breakdown[] {
  return [...drafts]
    .filter((draft) => isKeptDraft(draft, now))
    .sort((a, b) => b.created_at.localeCompare(a.created_at) || a.id.localeCompare(b.id));
}
