import { createContext, useContext, useSyncExternalStore, useCallback } from "react";

import { Observable } from "@/shared/lib/observable";
import { type Saying, saying } from "@/shared/ui/Announcement";

import { Selection } from "../selection/selection";
import type { View } from "../view/view";
import { NO_FILTER } from "../view/view";
import { Lists } from "./lists";

/** What the hands on the board work with: what is marked, where the cards are. */
export class Hands {
  readonly selection = new Selection();
  readonly lists = new Lists();
  /** Touches mark cards rather than open them. */
  readonly marking = new Observable(false);
  /** What is said to those who hear the page, beside misses. */
  readonly said = new Observable<Saying | null>(null);
  /** The cards on the move; null while none is. */
  readonly dragged = new Observable<readonly string[] | null>(null);

  /** Lets go of all that is marked. */
  unmark(): void {
    this.selection.clear();
    this.marking.set(false);
  }

  say(sentence: string): void {
    this.said.set(saying(sentence, this.said.get()));
  }
}

const HandsContext = createContext<Hands>(new Hands());
export const HandsProvider = HandsContext.Provider;

export function useHands(): Hands {
  return useContext(HandsContext);
}

export function useIsSelected(id: string): boolean {
  const { selection } = useHands();
  return useSyncExternalStore(
    selection.ids.subscribe,
    useCallback(() => selection.has(id), [id, selection]),
  );
}

const ViewContext = createContext<View>({ place: { kind: "all" }, filter: NO_FILTER });
export const ViewProvider = ViewContext.Provider;

export function useView(): View {
  return useContext(ViewContext);
}
