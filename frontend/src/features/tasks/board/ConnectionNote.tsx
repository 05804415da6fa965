import { useObservable } from "@/shared/lib/observable";
import { useUnansweredOf } from "@/shared/store/react";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";

import { useWorkspace } from "../context";

/** Without a connection: what still works, what waits, and what to do. Otherwise nothing. */
export function ConnectionNote() {
  const { connection, store } = useWorkspace();
  const { state, reason } = useObservable(connection);
  const waiting = useUnansweredOf(store);
  if (state === "stopped") {
    return (
      <div role="alert" className="flex items-center gap-3 rounded-card bg-hover py-1 pr-1 pl-3">
        <p className="flex-1">
          {reason === "crowded" ? text.connection.crowded : text.connection.outdated}
        </p>
        <Button
          small
          onClick={() => {
            window.location.reload();
          }}
        >
          {text.connection.reload}
        </Button>
      </div>
    );
  }
  if (state !== "offline") return null;
  return (
    // Over the board's foot, not above its cards: they must not move under the person's hand. On a
    // phone, where it would lie on the last one, the board ends further down while it is there.
    <p
      data-note=""
      className="appear fixed bottom-(--toasts) left-4 z-20 mr-4 max-w-[640px] rounded-card border border-line-strong bg-card px-3 py-2 text-meta text-muted sm:left-8 wide:left-[max(248px,calc(50vw-592px))]"
    >
      {text.connection.offlineHint}
      {waiting > 0 && <> {text.connection.waiting(waiting)}.</>}
    </p>
  );
}
