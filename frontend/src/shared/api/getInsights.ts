import { API, readAgain, type Tagged } from "./http";
import type { Insights } from "./types";

/** What the person's tasks say together; null where it is what `known`, a tag, stands for. */
export function getInsights(known: string | null): Promise<Tagged<Insights> | null> {
  return readAgain<Insights>(`${API}/insights/`, known);
}
