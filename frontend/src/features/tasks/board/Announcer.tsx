import { useEffect, useState } from "react";

import { text } from "@/shared/text";

import { useWorkspace } from "../context";

/** Says misses, and only misses, to those who hear the page. */
export function Announcer() {
  const { store } = useWorkspace();
  const [said, setSaid] = useState("");
  useEffect(
    () =>
      store.onMissed((missed) => {
        const [first] = missed;
        if (first) {
          setSaid(
            missed.length === 1
              ? text.board.missedOne(first.title)
              : text.board.missedMany(missed.length),
          );
        }
      }),
    [store],
  );
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
