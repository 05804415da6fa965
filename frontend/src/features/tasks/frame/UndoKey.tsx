import { useEffect } from "react";

import { undos } from "@/shared/ui/undos";

import { isOverlaid, isText } from "../board/busy";

/**
 * Ctrl-Z takes back what was done last, on every page and in an open task. In a text it is the text's,
 * and it rests under a menu or dialog: there nobody would see what happened.
 */
export function UndoKey(): null {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      if (event.key.toLowerCase() !== "z" || event.defaultPrevented) return;
      if (isText(event.target) || isOverlaid(event.target)) return;
      if (undos.takeLast()) event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, []);
  return null;
}
