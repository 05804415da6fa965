import { useEffect, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { useObservable } from "@/shared/lib/observable";
import { recall, remember } from "@/shared/lib/storage";

import { AwayLine } from "../board/AwayLine";
import { useWorkspace } from "../context";
import { useReview } from "./useReview";

/** Written this often while the page is looked at, should the browser be killed. */
const NOTE_EVERY_MS = 30_000;
/** What happened meanwhile follows the greeting by which the stream is live. */
const SETTLE_MS = 300;

/**
 * Keeps watch over the time that nobody looks at the page, whichever it is, and says what was missed in it. The board
 * says it itself, among what it has to say.
 */
export function Away({ onBoard }: { readonly onBoard: boolean }) {
  const review = useReview();
  useAbsence();
  return onBoard ? null : (
    <div className="mx-auto max-w-[1120px] px-4 pt-4 empty:hidden sm:px-8">
      <AwayLine onReview={review} />
    </div>
  );
}

/**
 * Tells the workspace of the time that nobody looked at the page, once the stream has told what came of it: what the
 * browser had kept knows nothing of other devices.
 */
function useAbsence(): void {
  const clock = useClock();
  const { away, connection, viewer } = useWorkspace();
  const live = useObservable(connection).state === "live";
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (!live || heard) return;
    const timer = setTimeout(setHeard, SETTLE_MS, true);
    return () => {
      clearTimeout(timer);
    };
  }, [heard, live]);
  useEffect(() => {
    if (!heard) return;
    const key = `seen.${viewer}`;
    const note = () => {
      remember(key, String(clock.now()));
    };
    const look = () => {
      if (document.visibilityState !== "visible") return;
      const seen = recall(key);
      // What is not dealt with since the time before is a part of it.
      if (seen !== null) {
        away.set({ since: away.get()?.since ?? Number(seen), until: clock.now() });
      }
      note();
    };
    const turn = () => {
      // Hidden: the last look ends here. Visible again: what happened since?
      if (document.visibilityState === "hidden") note();
      else look();
    };
    look();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") note();
    }, NOTE_EVERY_MS);
    document.addEventListener("visibilitychange", turn);
    window.addEventListener("pagehide", note);
    return () => {
      if (document.visibilityState === "visible") note();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", turn);
      window.removeEventListener("pagehide", note);
    };
  }, [away, clock, heard, viewer]);
}
