import { useCallback } from "react";

import { timeAgo } from "@/shared/clock/countdown";
import { useReading } from "@/shared/clock/react";
import { activity as text } from "@/shared/text/activity";
import { Button } from "@/shared/ui/Button";
import { MissedIcon, UndoIcon } from "@/shared/ui/icons";

import type { Entry } from "./entries";
import { timeText, wholeTime } from "./times";

interface LineProps {
  readonly entry: Entry;
  readonly zone: string;
  readonly openable: boolean;
  readonly onOpen: (taskId: string) => void;
  readonly onUndo: (entry: Entry) => void;
}

export function Line({ entry, zone, openable, onOpen, onUndo }: LineProps) {
  const { at, by, sentence, taskId, undoable, undone } = entry;
  const ago = useReading(useCallback((now: number) => timeAgo(at, now), [at]));
  return (
    <li
      data-task={openable ? taskId : undefined}
      className="appear grid min-h-12 grid-cols-[4.5rem_minmax(0,1fr)_auto] items-center gap-x-2 border-b border-line py-1"
    >
      <time
        dateTime={new Date(at).toISOString()}
        title={wholeTime(at, zone)}
        className="tabular self-start pt-[7px] text-meta text-muted"
      >
        {timeText(at, zone)}
      </time>
      <div className="min-w-0 py-1">
        <p className={`flex gap-1.5 ${undone ? "text-muted line-through" : ""}`}>
          {by === "clock" && <MissedIcon className="mt-[3px] size-4 text-missed" />}
          {openable && taskId !== null ? (
            <button
              type="button"
              data-control="title"
              // Tall enough for a thumb, over the line below it: the rows stay as close as they are.
              className="min-w-0 rounded-card text-left hover:underline hover:underline-offset-2 max-wide:-my-[11px] max-wide:min-w-11 max-wide:py-[11px]"
              onClick={() => {
                onOpen(taskId);
              }}
            >
              {sentence}
            </button>
          ) : (
            <span className="min-w-0">{sentence}</span>
          )}
        </p>
        <p className="facts text-meta text-muted">
          <span>
            <span>{text[by]}</span>
            <span className="tabular">{ago}</span>
            {undone && <span>{text.undone}</span>}
          </span>
        </p>
      </div>
      {undoable && (
        <Button
          look="plain"
          small
          className="max-wide:min-w-11"
          aria-label={text.undoOf(sentence)}
          onClick={() => {
            onUndo(entry);
          }}
        >
          <UndoIcon />
          <span className="max-sm:sr-only">{text.undo}</span>
        </Button>
      )}
    </li>
  );
}
