import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { text } from "@/shared/text";
import { Announcement, type Saying, saying } from "@/shared/ui/Announcement";
import { showToast } from "@/shared/ui/toasts";

import { useWorkspace } from "../context";

/**
 * Says misses, wherever the person is: to those who hear the page, and as a notice to those who look at something
 * else than where the task has gone. Never a tick of the clock.
 */
export function MissAnnouncer() {
  const { arrival, store } = useWorkspace();
  const navigate = useNavigate();
  const [said, setSaid] = useState<Saying | null>(null);
  useEffect(
    () =>
      store.onMissed((missed) => {
        const [first] = missed;
        if (!first) return;
        const sentence =
          missed.length === 1
            ? text.board.missedOne(first.title)
            : text.board.missedMany(missed.length);
        if (!isWatched()) {
          setSaid((before) => saying(sentence, before));
          return;
        }
        const review = () => {
          // A board that is there turns to them; one that is not yet begins with them.
          if (document.querySelector("[data-column]") === null) arrival.set("missed");
          void navigate({ to: "/", search: { bucket: "missed" } });
        };
        showToast({ message: sentence, action: { label: text.board.review, run: review } });
      }),
    [arrival, navigate, store],
  );
  return <Announcement said={said} />;
}

/** Whether somebody looks at the page, and at no missed tasks; who comes back is told then. */
function isWatched(): boolean {
  return (
    document.visibilityState === "visible" &&
    document.querySelector('[data-column="missed"]') === null
  );
}
