import { useEffect, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { recall, remember } from "@/shared/lib/storage";
import { useReadyOf } from "@/shared/store/react";
import { text } from "@/shared/text";
import { Button, IconButton } from "@/shared/ui/Button";
import { CloseIcon, MissedIcon } from "@/shared/ui/icons";

import { useWorkspace } from "../context";
import { missedSince } from "./away";

/** Written this often while the page is looked at, should the browser be killed. */
const NOTE_EVERY_MS = 30_000;

/** Gathers what was missed unseen into one line, when the person comes back. */
export function AwayLine({ onReview }: { readonly onReview: () => void }) {
  const clock = useClock();
  const { store, viewer } = useWorkspace();
  const ready = useReadyOf(store);
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (!ready) return;
    const key = `seen.${viewer}`;
    const look = () => {
      if (document.visibilityState !== "visible") return;
      const seen = recall(key);
      if (seen !== null) {
        const missed = missedSince(store.getBoard(), Number(seen));
        if (missed > 0) setCount(missed);
      }
      note();
    };
    const note = () => {
      remember(key, String(clock.now()));
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
  }, [clock, ready, store, viewer]);
  if (count === 0) return null;
  return (
    <div className="appear flex items-center gap-2 rounded-card bg-missed-wash py-1 pr-1 pl-3">
      <MissedIcon className="size-4 text-missed" />
      <p className="min-w-0 flex-1">{text.board.away(count)}</p>
      <Button
        look="plain"
        small
        className="font-semibold text-missed"
        onClick={() => {
          setCount(0);
          onReview();
        }}
      >
        {text.board.review}
      </Button>
      <IconButton
        label={text.board.dismiss}
        onClick={() => {
          setCount(0);
        }}
      >
        <CloseIcon />
      </IconButton>
    </div>
  );
}
