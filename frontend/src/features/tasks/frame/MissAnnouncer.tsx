import { useEffect, useState } from "react";

import type { Task } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { dayOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";
import { Announcement, type Saying, saying } from "@/shared/ui/Announcement";
import { showToast } from "@/shared/ui/toasts";

import { useWorkspace } from "../context";
import { matcher, type View } from "../view/view";
import { useReview } from "./useReview";

interface MissAnnouncerProps {
  /** What the board shows where it is drawn. */
  readonly view: View;
}

/**
 * Says misses, wherever the person is: to those who hear the page, and as a notice to those who look at something
 * else than where the task has gone. Never a tick of the clock.
 */
export function MissAnnouncer({ view }: MissAnnouncerProps) {
  const { store, zone } = useWorkspace();
  const clock = useClock();
  const review = useReview();
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
        const today = dayOf(clock.now(), zone.get());
        if (!looksElsewhere(missed, matcher(view, { zone: zone.get(), today }))) {
          setSaid((before) => saying(sentence, before));
          return;
        }
        showToast({ message: sentence, action: { label: text.board.review, run: review } });
      }),
    [clock, review, store, view, zone],
  );
  return <Announcement said={said} />;
}

/**
 * Whether somebody looks at the page, but not where each of the tasks has gone: the missed ones are out of sight, or
 * the view leaves one out. Who comes back to the page is told then.
 */
function looksElsewhere(missed: readonly Task[], isInView: (task: Task) => boolean): boolean {
  return (
    document.visibilityState === "visible" &&
    (document.querySelector('[data-column="missed"]') === null || !missed.every(isInView))
  );
}
