import { useEffect, useState } from "react";

import { explain } from "@/shared/api/errors";
import { getHistory, type HistoryEntry } from "@/shared/api/getHistory";
import type { Task } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import { isByStaff } from "@/shared/lib/staff";
import { history } from "@/shared/text/history";
import { Button } from "@/shared/ui/Button";
import { MissedIcon, UndoIcon } from "@/shared/ui/icons";
import { takeBack } from "@/shared/ui/takeBack";
import { showToast } from "@/shared/ui/toasts";

import { useWorkspace, useZone } from "../context";
import { whenText } from "../deadline/when";
import { sentencesOf } from "./sentences";

type Loaded =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly why: string }
  | {
      readonly state: "here";
      readonly entries: readonly HistoryEntry[];
      readonly next: string | null;
    };

/** What became of a task, newest first; each thing can be taken back where the server still can. */
export default function History({ task }: { readonly task: Task }) {
  const { loaded, more, again } = useHistory(task);
  if (loaded.state === "loading") {
    return <p className="late text-meta text-muted">{history.loading}</p>;
  }
  if (loaded.state === "failed") {
    return (
      <div role="alert" className="grid justify-items-start gap-2 text-meta">
        <p>{history.failed(loaded.why)}</p>
        <Button small onClick={again}>
          {history.retry}
        </Button>
      </div>
    );
  }
  return (
    <div className="grid gap-2">
      {loaded.entries.length === 0 && <p className="text-meta text-muted">{history.none}</p>}
      <ol className="grid gap-1">
        {loaded.entries.map((entry, index) => (
          <Entry key={`${entry.op_id ?? entry.at} ${index}`} entry={entry} onUndone={again} />
        ))}
      </ol>
      {loaded.next !== null && (
        <Button small look="plain" className="justify-self-start" onClick={more}>
          {history.older}
        </Button>
      )}
    </div>
  );
}

function useHistory(task: Task) {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  const [asked, setAsked] = useState(0);
  const { id, version } = task;
  useEffect(() => {
    let left = false;
    getHistory(id, null).then(
      ({ results, next_cursor }) => {
        if (!left) setLoaded({ state: "here", entries: results, next: next_cursor });
      },
      (error: unknown) => {
        if (!left) setLoaded({ state: "failed", why: explain(error) });
      },
    );
    return () => {
      left = true;
    };
    // `version`: what has just become of it is a part of it.
  }, [asked, id, version]);
  return {
    loaded,
    again: () => {
      setAsked(asked + 1);
    },
    more: () => {
      if (loaded.state !== "here" || loaded.next === null) return;
      getHistory(id, loaded.next).then(
        ({ results, next_cursor }) => {
          setLoaded({
            state: "here",
            entries: [...loaded.entries, ...results],
            next: next_cursor,
          });
        },
        (error: unknown) => {
          showToast({ message: history.failed(explain(error)) });
        },
      );
    },
  };
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly onUndone: () => void;
}

function Entry({ entry, onUndone }: EntryProps) {
  const { store, viewer } = useWorkspace();
  const zone = useZone();
  const today = useToday(zone);
  const [busy, setBusy] = useState(false);
  const sentence = sentencesOf(entry, { store, zone, today }).join("; ");
  const undo = async (opId: string) => {
    setBusy(true);
    if (await takeBack(opId)) onUndone();
    setBusy(false);
  };
  return (
    <li className="flex min-h-9 items-center gap-2 text-meta">
      <span className="min-w-0 flex-1">
        <span className={entry.undone ? "text-muted line-through" : ""}>
          {entry.verb === "task.missed" && (
            <MissedIcon className="mr-1 inline size-3.5 text-missed" />
          )}
          {sentence}
        </span>
        <span className="tabular text-muted">
          {" · "}
          <time dateTime={entry.at}>{whenText(Date.parse(entry.at), zone, today)}</time>
          {isByStaff(entry.actor, viewer) && ` · ${history.staff}`}
          {entry.undone && ` · ${history.takenBack}`}
        </span>
      </span>
      {entry.undoable && entry.op_id !== null && (
        <Button
          small
          look="plain"
          disabled={busy}
          aria-label={history.undoLabel(sentence)}
          onClick={() => void undo(entry.op_id ?? "")}
        >
          <UndoIcon />
          {history.undo}
        </Button>
      )}
    </li>
  );
}
