import { useEffect, useState } from "react";

import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";

import { useWorkspace } from "../context";
import { useHands } from "./hands";

/** Says misses, and what the hands have done, to those who hear the page. Never a tick of the clock. */
export function Announcer() {
  const { store } = useWorkspace();
  const [said, setSaid] = useState("");
  const done = useObservable(useHands().said);
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
    <>
      <p role="status" aria-live="polite" className="sr-only">
        {said}
      </p>
      <p role="status" aria-live="polite" className="sr-only">
        {done}
      </p>
    </>
  );
}
