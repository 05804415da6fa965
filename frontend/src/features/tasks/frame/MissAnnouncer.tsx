import { useEffect, useState } from "react";

import { text } from "@/shared/text";
import { Announcement, type Saying, saying } from "@/shared/ui/Announcement";

import { useWorkspace } from "../context";

/** Says misses, wherever the person is, to those who hear the page. Never a tick of the clock. */
export function MissAnnouncer() {
  const { store } = useWorkspace();
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
        setSaid((before) => saying(sentence, before));
      }),
    [store],
  );
  return <Announcement said={said} />;
}
