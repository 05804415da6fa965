import { useEffect, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { useObservable } from "@/shared/lib/observable";
import { recall, remember } from "@/shared/lib/storage";

import { useWorkspace } from "../context";
import type { Absence } from "./away";

/** Written this often while the page is looked at, should the browser be killed. */
const NOTE_EVERY_MS = 30_000;
/** What happened meanwhile follows the greeting by which the stream is live. */
const SETTLE_MS = 300;

/**
 * The time that nobody looked at the page, once the stream has told what came of it: what the
 * browser had kept knows nothing of other devices. Null where there is nothing to speak of.
 */
export function useAway(): { readonly absence: Absence | null; readonly forget: () => void } {
  const clock = useClock();
  const { connection, viewer } = useWorkspace();
  const live = useObservable(connection).state === "live";
  const [absence, setAbsence] = useState<Absence | null>(null);
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
        setAbsence((before) => ({ since: before?.since ?? Number(seen), until: clock.now() }));
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
      clearInterval(timer);
      document.removeEventListener("visibilitychange", turn);
      window.removeEventListener("pagehide", note);
    };
  }, [clock, heard, viewer]);
  return {
    absence,
    forget: () => {
      setAbsence(null);
    },
  };
}
