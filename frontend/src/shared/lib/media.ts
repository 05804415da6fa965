import { useCallback, useSyncExternalStore } from "react";

export const WIDE = "(min-width: 1024px)";
/** Room for an open task beside the board. */
export const ROOM_BESIDE = "(min-width: 1536px)";
export const ROOMY = "(min-width: 640px)";
/** Somewhere there is a finger to touch with, be it beside a mouse. */
export const FINGERS = "(any-pointer: coarse)";
export const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

export function matches(query: string): boolean {
  return window.matchMedia(query).matches;
}

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", changed);
      return () => {
        list.removeEventListener("change", changed);
      };
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matches(query));
}
