import { useObservable } from "@/shared/lib/observable";
import { ROOMY, useMedia } from "@/shared/lib/media";
import type { ConnectionState } from "@/shared/socket/types";
import { useUnansweredOf } from "@/shared/store/react";
import { text } from "@/shared/text";

import { useWorkspace } from "../context";

const DOTS: Record<ConnectionState, string> = {
  connecting: "bg-muted breathe",
  live: "bg-done",
  reconnecting: "bg-now breathe",
  offline: "border-[1.5px] border-muted",
  stopped: "border-[1.5px] border-muted",
};

const hints = (): Partial<Record<ConnectionState, string>> => ({
  live: text.connection.liveHint,
  reconnecting: text.connection.reconnectingHint,
  offline: text.connection.offlineHint,
});

interface ConnectionPillProps {
  /** A note in sight says how much waits: on a phone, which is narrow, the pill need not. */
  readonly noted: boolean;
}

/** Whether what is on the page is what is on the server, and without a connection how much is not. */
export function ConnectionPill({ noted }: ConnectionPillProps) {
  const { connection, store } = useWorkspace();
  const { state } = useObservable(connection);
  const roomy = useMedia(ROOMY);
  const waiting = useUnansweredOf(store);
  return (
    <p
      role="status"
      aria-label={text.connection.label}
      title={hints()[state]}
      className="flex items-center gap-2 rounded-full border border-line px-3 py-1 text-meta whitespace-nowrap text-muted"
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${DOTS[state]}`} />
      {/* While live a change waits for a blink only; saying so would be noise. */}
      {state === "offline" && waiting > 0 && (roomy || !noted)
        ? text.connection.offlineWith(
            roomy ? text.connection.waiting(waiting) : text.connection.waitingShort(waiting),
          )
        : text.connection[state]}
    </p>
  );
}
