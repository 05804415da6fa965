import type { Task } from "@/shared/api/types";
import type { Clock } from "@/shared/clock/clock";
import { MINUTE_MS } from "@/shared/lib/durations";
import type { Board } from "@/shared/store/board";
import type { TaskStore } from "@/shared/store/store";
import { text } from "@/shared/text";

import { noticeChoice, permission } from "./choice";
import { once } from "./once";
import { show } from "./show";

/** What passed longer ago than this is news no more: the board tells what was missed meanwhile. */
const FRESH_MS = MINUTE_MS;

interface NoticeParts {
  readonly store: Pick<TaskStore, "getBoard" | "onMissed" | "subscribe">;
  readonly clock: Clock;
  readonly openTask: (id: string) => void;
}

/** Notifies of deadlines that pass, and before they do, as this browser's owner wants it. Returns how to stop. */
export function startNotices({ store, clock, openTask }: NoticeParts): () => void {
  const allowed = () => noticeChoice.get().on && permission() === "granted";

  const tell = (kind: "missed" | "soon", task: Task) => {
    const name = `${kind} ${task.id} ${task.deadline ?? ""}`;
    void once(name, () => {
      show({
        title: task.title,
        body: kind === "missed" ? text.notices.missed : text.notices.soon(minutesLeft(task)),
        tag: name,
        task: task.id,
        onPress: () => {
          openTask(task.id);
        },
      });
    });
  };

  const minutesLeft = ({ deadline }: Task) =>
    Math.max(1, Math.round((Date.parse(deadline ?? "") - clock.now()) / MINUTE_MS));

  const stopMisses = store.onMissed((missed) => {
    if (!allowed()) return;
    for (const task of missed) {
      if (clock.now() - Date.parse(task.deadline ?? "") < FRESH_MS) tell("missed", task);
    }
  });

  // Reminders: the instants at which a task comes as near as was asked for.
  const reminders = () => remindersOn(store.getBoard(), noticeChoice.get().aheadMin);
  let reminded = clock.now();
  const nextReminder = (now: number) => reminders().find(({ at }) => at > now)?.at ?? null;
  const stopReminders = clock.watch(nextReminder, () => {
    const now = clock.now();
    const since = Math.max(reminded, now - FRESH_MS);
    reminded = now;
    if (!allowed()) return;
    for (const { at, task } of reminders()) if (at > since && at <= now) tell("soon", task);
  });
  const reconsider = () => {
    clock.reconsider(nextReminder);
  };
  // When tasks change, or the choice does, another instant may be the next.
  const stopChanges = noticeChoice.subscribe(reconsider);
  let board = store.getBoard();
  const stopBoard = store.subscribe(() => {
    if (store.getBoard() === board) return;
    board = store.getBoard();
    if (noticeChoice.get().aheadMin !== null) queueMicrotask(reconsider);
  });

  return () => {
    stopMisses();
    stopReminders();
    stopChanges();
    stopBoard();
  };
}

interface Reminder {
  readonly at: number;
  readonly task: Task;
}

/** When to remind of what, the soonest first, as the board has them. */
function remindersOn(board: Board, aheadMin: number | null): readonly Reminder[] {
  if (aheadMin === null) return [];
  const found: Reminder[] = [];
  for (const task of board.upcoming) {
    if (task.deadline === null) break;
    found.push({ at: Date.parse(task.deadline) - aheadMin * MINUTE_MS, task });
  }
  return found;
}
