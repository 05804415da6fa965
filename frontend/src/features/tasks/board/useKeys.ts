import { type RefObject, useEffect } from "react";

import { type Bucket, BUCKETS } from "@/shared/store/bucket";

import { useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { useMoves } from "../drag/useMoves";
import { useHands } from "./hands";
import { focusedId } from "./lists";

interface Keys {
  readonly quickAdd: RefObject<HTMLInputElement | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onBucket: (bucket: Bucket) => void;
  readonly onHelp: () => void;
  readonly onPalette: () => void;
}

/** The board's keys. They rest while something is typed and while a menu or dialog is open. */
export function useKeys({ quickAdd, search, onBucket, onHelp, onPalette }: Keys): void {
  const { store, commands, subject } = useWorkspace();
  const hands = useHands();
  const complete = useComplete();
  const moves = useMoves();
  useEffect(() => {
    const { lists, selection } = hands;
    const at = () => {
      const id = focusedId();
      return id === null ? null : (store.getTask(id) ?? null);
    };
    /** What a key is about: all that is marked, or else the card that has the focus. */
    const meant = () => {
      if (selection.ids.get().size > 0) {
        return lists.ids().flatMap((id) => (selection.has(id) ? (store.getTask(id) ?? []) : []));
      }
      const task = at();
      return task ? [task] : [];
    };
    const move = (step: 1 | -1, extend: boolean) => {
      const from = focusedId();
      const to = lists.beside(from, step);
      if (to === null) return;
      if (extend && from !== null) {
        selection.anchor(from);
        selection.extend(to, lists.ids());
      }
      lists.focus(to);
    };
    const breakDown = () => {
      const task = at();
      if (task?.completed_at === null) subject.set({ taskId: task.id });
    };
    const turnOver = () => {
      const tasks = meant();
      const [task] = tasks;
      if (!task) return;
      if (tasks.length > 1) {
        if (task.completed_at === null) commands.completeAll(tasks);
        else commands.reopenAll(tasks);
        return;
      }
      // The focus goes on to the neighbour first, so that it is not lost with the card.
      const next = lists.beside(task.id, 1) ?? lists.beside(task.id, -1);
      if (next !== null && focusedId() === task.id) lists.focus(next);
      complete(task);
    };
    const reschedule = () => {
      const ids = meant().map(({ id }) => id);
      if (ids.length > 0) {
        hands.asking.set({ ids, anchor: document.activeElement as HTMLElement | null });
      }
    };
    const mark = () => {
      const task = at();
      if (task) selection.toggle(task.id);
    };
    const remove = () => {
      const tasks = meant();
      if (tasks.length > 1) commands.removeAll(tasks);
      else if (tasks[0]) commands.remove(tasks[0]);
    };
    const plain: Readonly<Record<string, () => void>> = {
      q: () => quickAdd.current?.focus(),
      "/": () => search.current?.focus(),
      j: () => {
        move(1, false);
      },
      k: () => {
        move(-1, false);
      },
      ArrowDown: () => {
        move(1, false);
      },
      ArrowUp: () => {
        move(-1, false);
      },
      e: turnOver,
      t: reschedule,
      b: breakDown,
      x: mark,
      Delete: remove,
      "?": onHelp,
    };
    const press = (event: KeyboardEvent) => {
      const chord = event.ctrlKey || event.metaKey;
      if (chord && event.key.toLowerCase() === "k") {
        event.preventDefault();
        onPalette();
        return;
      }
      if (event.defaultPrevented || isBusy(event.target)) return;
      if (chord) {
        if (event.key.toLowerCase() === "z" && !event.shiftKey && !event.altKey) {
          if (commands.undoLast()) event.preventDefault();
          return;
        }
        if (event.key.toLowerCase() !== "a" || event.altKey) return;
        selection.all(lists.ids());
        event.preventDefault();
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
      if (event.altKey) {
        const task = at();
        if (!task || step === undefined) return;
        if (event.shiftKey) moves.toDayBeside(task, step);
        else moves.step(task, step);
        event.preventDefault();
        return;
      }
      // Where no card is at hand, arrows scroll as ever.
      if (step !== undefined && focusedId() === null) return;
      const bucket = BUCKETS[Number(event.key) - 1];
      if (bucket) onBucket(bucket);
      else if (step !== undefined && event.shiftKey) move(step, true);
      else if (event.key === "Escape") {
        if (selection.ids.get().size === 0) return;
        selection.clear();
        hands.marking.set(false);
      } else {
        const run = plain[event.key];
        if (!run) return;
        run();
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => {
      document.removeEventListener("keydown", press);
    };
  }, [
    commands,
    complete,
    hands,
    moves,
    onBucket,
    onHelp,
    onPalette,
    quickAdd,
    search,
    store,
    subject,
  ]);
}

function isBusy(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable], dialog, [role=menu], [role=dialog]",
    ) !== null
  );
}
