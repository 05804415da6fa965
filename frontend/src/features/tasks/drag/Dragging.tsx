import { useEffect, useState } from "react";

import { part } from "@/shared/ui/part";

import { useHands } from "../board/hands";
import { useWorkspace } from "../context";

/** A press on a card, of which it is not known yet whether it becomes a drag. */
export interface Press {
  readonly id: string;
  readonly card: HTMLElement;
  readonly event: MouseEvent | TouchEvent;
}

const drag = part(() => import("./Drag"));
/** What is pressed for its own sake. */
const OWN = "button, input, textarea, select, [role=menu]";

/** Waits for a card to be pressed, and only then brings in what drags. */
export function Dragging() {
  const { dragged } = useHands();
  const { store } = useWorkspace();
  const [press, setPress] = useState<Press | null>(null);
  useEffect(() => {
    const down = (event: MouseEvent | TouchEvent) => {
      const target = event.target as Element;
      const card = target.closest<HTMLElement>("main [data-travel]");
      const id = card?.dataset.travel ?? "";
      const other = "button" in event && (event.button !== 0 || event.shiftKey);
      if (!card || other || target.closest(OWN) || !store.getTask(id)) return;
      drag.preload();
      setPress({ id, card, event });
    };
    const up = () => {
      // A drag that has begun ends by itself.
      if (dragged.get() === null) setPress(null);
    };
    const passive = { passive: true };
    document.addEventListener("mousedown", down);
    document.addEventListener("touchstart", down, passive);
    for (const end of ["mouseup", "touchend", "touchcancel"]) document.addEventListener(end, up);
    return () => {
      document.removeEventListener("mousedown", down);
      document.removeEventListener("touchstart", down);
      for (const end of ["mouseup", "touchend", "touchcancel"]) {
        document.removeEventListener(end, up);
      }
    };
  }, [dragged, store]);
  if (!press) return null;
  return (
    <drag.Part
      of={{
        press,
        onDone: () => {
          setPress(null);
        },
      }}
      failed={() => null}
    />
  );
}
