import { type RefObject, useEffect } from "react";

import type { Task } from "@/shared/api/types";
import { type Bucket, BUCKETS } from "@/shared/store/bucket";

import { useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { useMoves } from "../drag/useMoves";
import { isBusy, isInOpenTask } from "./busy";
import { useHands } from "./hands";
import { focusedId, openId } from "./lists";
import { meantIds } from "./meant";

/** What an open task understands when it lies over the board, out of whose reach the others are. */
const OF_OPEN_TASK = ["q", "e", "t", "b", "j", "k", "?"];

interface Keys {
  readonly onAdd: () => void;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onBucket: (bucket: Bucket) => void;
  readonly onHelp: () => void;
  readonly onPalette: () => void;
  /** Opens the neighbour where the open task lies over the cards; null where they are in reach. */
  readonly onOpen: ((id: string) => void) | null;
  /** Closes the task that is open beside the cards; null where none is. */
  readonly onLeave: (() => void) | null;
}

/** The board's keys. They rest while something is typed and while a menu or dialog is open. */
export function useKeys(keys: Keys): void {
  const { onAdd, search, onBucket, onHelp, onPalette, onOpen, onLeave } = keys;
  const { asking, store, commands, subject } = useWorkspace();
  const hands = useHands();
  const complete = useComplete();
  const moves = useMoves();
  useEffect(() => {
    const { lists, selection } = hands;
    const card = () => {
      const id = focusedId();
      return id === null ? null : (store.getTask(id) ?? null);
    };
    const opened = () => {
      const id = openId();
      return id === null ? null : (store.getTask(id) ?? null);
    };
    /** The card that has the focus, or else the task that is open. */
    const at = () => card() ?? opened();
    const meant = () =>
      meantIds(document.activeElement, hands).flatMap((id) => store.getTask(id) ?? []);
    const move = (step: 1 | -1, extend: boolean) => {
      const from = focusedId() ?? openId();
      const to = lists.beside(from, step);
      if (to === null) return;
      if (onOpen) {
        onOpen(to);
        return;
      }
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
    /** Moves the focus on to the neighbour that is left, so that it is not lost with the cards that go. */
    const goOnFrom = (tasks: readonly Task[]) => {
      const ids = new Set(tasks.map(({ id }) => id));
      const from = focusedId();
      const next = from !== null && ids.has(from) ? lists.nearest(from, ids) : null;
      if (next !== null) lists.focus(next);
    };
    const turnOver = () => {
      const tasks = meant();
      const [task] = tasks;
      if (!task) return;
      goOnFrom(tasks);
      // What was marked for it is not meant a second time.
      if (!isInOpenTask(document.activeElement)) hands.unmark();
      if (tasks.length === 1) complete(task);
      else if (task.completed_at === null) commands.completeAll(tasks);
      else commands.reopenAll(tasks);
    };
    const reschedule = () => {
      const ids = meant().map(({ id }) => id);
      if (ids.length > 0) asking.set({ ids, anchor: besideWhat() });
    };
    const mark = () => {
      const task = card();
      if (task) selection.toggle(task.id);
    };
    const remove = () => {
      // An open task is deleted by its own button, which closes it.
      if (selection.ids.get().size === 0 ? !card() : isInOpenTask(document.activeElement)) return;
      const tasks = meant();
      goOnFrom(tasks);
      if (tasks.length > 1) commands.removeAll(tasks);
      else if (tasks[0]) commands.remove(tasks[0]);
    };
    const plain: Readonly<Record<string, () => void>> = {
      q: onAdd,
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
      if (event.defaultPrevented) return;
      if (isBusy(event.target)) {
        const understood = OF_OPEN_TASK.includes(event.key) && !chord && !event.altKey;
        if (!understood || !isInOpenTask(event.target)) return;
      }
      if (chord) {
        if (event.key.toLowerCase() !== "a" || event.altKey) return;
        selection.all(lists.ids());
        event.preventDefault();
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] as 1 | -1 | undefined;
      if (event.altKey) {
        const task = card();
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
        if (hands.dragged.get() !== null) return;
        if (selection.ids.get().size > 0) hands.unmark();
        else if (onLeave) onLeave();
        else return;
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
    asking,
    commands,
    complete,
    hands,
    moves,
    onBucket,
    onHelp,
    onAdd,
    onLeave,
    onOpen,
    onPalette,
    search,
    store,
    subject,
  ]);
}

/** Where a choice for what has the focus belongs; an open task has a place for its deadline. */
function besideWhat(): HTMLElement | null {
  const focused = document.activeElement;
  const deadline = document.querySelector<HTMLElement>("[data-detail] [data-control=deadline]");
  if (deadline && (focused === document.body || isInOpenTask(focused))) return deadline;
  return focused instanceof HTMLElement ? focused : null;
}
