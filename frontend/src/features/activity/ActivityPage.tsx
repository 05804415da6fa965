import { useCallback, useEffect, useMemo, useRef } from "react";

import { useObservable } from "@/shared/lib/observable";
import { useBoardOf } from "@/shared/store/react";
import type { TaskStore } from "@/shared/store/store";
import { activity as text } from "@/shared/text/activity";
import { Button } from "@/shared/ui/Button";
import { takeBack } from "@/shared/ui/takeBack";

import { byDay, entryOf, missesOn, type Entry } from "./entries";
import { Line } from "./Line";
import { OperationLog } from "./log";
import { deedsOfOthers, useOthers } from "./others";
import { useDayName } from "./times";

/** What follows one another at once, such as the events of a batch, is asked for together. */
const SETTLE_MS = 250;

interface ActivityPageProps {
  readonly store: TaskStore;
  /** Whose activity it is. */
  readonly viewer: string;
  /** The zone in which this person reads times. */
  readonly zone: string;
  readonly openTask: (id: string) => void;
}

/** Who comes back finds the page as far as it was read, while the server is asked what is new. */
const logs = new WeakMap<TaskStore, OperationLog>();

function logOf(store: TaskStore): OperationLog {
  const log = logs.get(store) ?? new OperationLog();
  logs.set(store, log);
  return log;
}

export default function ActivityPage({ store, viewer, zone, openTask }: ActivityPageProps) {
  const log = logOf(store);
  const { operations, cursor, busy, ready, problem } = useObservable(log.state);
  const board = useBoardOf(store);
  const others = useOthers();
  const dayName = useDayName(zone);
  useLive(log, store);
  const end = useEndless(log, cursor !== null && problem === null);

  const days = useMemo(() => {
    const oldest = operations.at(-1);
    const since = cursor === null || !oldest ? 0 : Date.parse(oldest.at);
    return byDay(
      [
        ...operations.map((one) => entryOf(one, viewer)),
        ...missesOn(board, since),
        ...deedsOfOthers(others, since),
      ],
      zone,
    );
  }, [operations, cursor, board, others, viewer, zone]);

  const undo = async ({ id }: Entry) => {
    if (await takeBack(id)) log.undone(id);
    void log.refresh();
  };

  return (
    <main className="mx-auto grid w-full max-w-[720px] content-start gap-6 px-4 pt-8 pb-24 sm:px-8">
      <div>
        <h1 className="text-title font-semibold">{text.title}</h1>
        <p className="text-muted">{text.hint}</p>
      </div>
      {!ready && problem === null && <Shape />}
      {ready && days.length === 0 && <p className="text-muted">{text.empty}</p>}
      {ready &&
        days.map(({ day, entries }) => (
          <section key={day} aria-label={dayName(day)} className="grid gap-1">
            <h2 className="border-b border-line pb-2 text-meta font-semibold text-muted">
              {dayName(day)}
            </h2>
            <ul className="grid">
              {entries.map((entry) => (
                <Line
                  key={entry.id}
                  entry={entry}
                  zone={zone}
                  openable={entry.taskId !== null && store.getTask(entry.taskId) !== undefined}
                  onOpen={openTask}
                  onUndo={(undone) => void undo(undone)}
                />
              ))}
            </ul>
          </section>
        ))}
      {problem !== null && (
        <div role="alert" className="grid justify-items-start gap-3">
          <p>
            {text.failed} {problem}
          </p>
          <Button onClick={() => void (ready ? log.loadMore() : log.refresh())}>
            {text.retry}
          </Button>
        </div>
      )}
      {ready && cursor !== null && problem === null && (
        <Button
          ref={end}
          className="justify-self-start"
          disabled={busy}
          onClick={() => void log.loadMore()}
        >
          {text.more}
        </Button>
      )}
      {ready && cursor === null && days.length > 0 && (
        <p className="text-meta text-muted">{text.end}</p>
      )}
    </main>
  );
}

/** Asks at the beginning, and again whenever the stream has told of something. */
function useLive(log: OperationLog, store: TaskStore): void {
  useEffect(() => {
    void log.refresh();
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const ask = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => void log.refresh(), SETTLE_MS);
    };
    // What is about no task (a token, a setting) is not in the stream; it is there on coming back.
    const stop = store.subscribe(ask);
    window.addEventListener("focus", ask);
    return () => {
      clearTimeout(waiting);
      stop();
      window.removeEventListener("focus", ask);
    };
  }, [log, store]);
}

/** Loads the next page when the end of the list comes near. The button is for keys and the rest. */
function useEndless(log: OperationLog, on: boolean) {
  const watcher = useRef<IntersectionObserver | null>(null);
  return useCallback(
    (end: HTMLElement | null) => {
      watcher.current?.disconnect();
      if (!end || !on || typeof IntersectionObserver === "undefined") return;
      watcher.current = new IntersectionObserver(
        (seen) => {
          if (seen.some(({ isIntersecting }) => isIntersecting)) void log.loadMore();
        },
        { rootMargin: "400px" },
      );
      watcher.current.observe(end);
    },
    [log, on],
  );
}

function Shape() {
  return (
    <div role="status" aria-label={text.loading} className="late grid gap-4">
      {[70, 50, 60, 40].map((width) => (
        <div
          key={width}
          className="breathe h-4 rounded-card bg-hover"
          style={{ width: `${width}%` }}
        />
      ))}
    </div>
  );
}
