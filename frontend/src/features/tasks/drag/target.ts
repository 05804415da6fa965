import { type Day, DAYS } from "../board/groups";

/** What a card would be dropped on. */
export type Place =
  | { readonly kind: "day"; readonly day: Day }
  | { readonly kind: "card"; readonly id: string; readonly day: Day }
  | { readonly kind: "project"; readonly id: string }
  | { readonly kind: "label"; readonly id: string }
  | { readonly kind: "completed" };

export interface Target {
  readonly place: Place;
  readonly rect: DOMRect;
  /** The side of a card on which it would stand; null where it would go into something. */
  readonly edge: "before" | "after" | null;
}

/** What lies at a point of the window and can take a card; null where nothing does. */
export function findTarget(x: number, y: number, dragged: string): Target | null {
  for (const element of document.elementsFromPoint(x, y)) {
    const found = element.closest<HTMLElement>("[data-drop]");
    if (!found) continue;
    const place = placeOf(found);
    if (!place || (place.kind === "card" && place.id === dragged)) return null;
    const rect = found.getBoundingClientRect();
    const edge = place.kind !== "card" ? null : y < rect.top + rect.height / 2 ? "before" : "after";
    return { place, rect, edge };
  }
  return null;
}

function placeOf({ dataset: { drop = "", travel } }: HTMLElement): Place | null {
  if (drop === "completed") return { kind: "completed" };
  const [, kind, id = ""] = /^(day|project|label)-(.+)$/.exec(drop) ?? [];
  if (kind === "project" || kind === "label") return { kind, id };
  const day = DAYS.find((one) => one === id);
  if (!day) return null;
  return travel === undefined ? { kind: "day", day } : { kind: "card", id: travel, day };
}
