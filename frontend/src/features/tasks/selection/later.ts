import type { Task } from "@/shared/api/types";
import { BUCKETS } from "@/shared/store/bucket";
import { dayOf } from "@/shared/lib/zone";
import type { TaskStore } from "@/shared/store/store";
import { views } from "@/shared/text/views";
import { showToast } from "@/shared/ui/toasts";

import type { Commands } from "../commands";
import { fixed, instant, type Preset, tomorrowMorning, tonight } from "../deadline/deadline";
import { DAYS_AHEAD, freeSlots, type WorkingHours } from "../deadline/slot";
import { whenText } from "../deadline/when";

export interface Later {
  readonly label: string;
  readonly run: () => void;
}

interface LaterOptions {
  readonly tasks: readonly Task[];
  readonly store: TaskStore;
  readonly commands: Commands;
  readonly now: () => number;
  readonly zone: string;
  readonly hours: WorkingHours | null;
  /** Wants to pick a time by itself. */
  readonly onPick: () => void;
}

/** The ways to put something off, for one task or many. */
export function waysLater(options: LaterOptions): readonly Later[] {
  const { tasks, store, commands, now, zone, hours, onPick } = options;
  const to = (preset: Preset) => () => {
    putOff(commands, tasks, preset, now(), zone);
  };
  const free = () => {
    const board = store.getBoard();
    const others = BUCKETS.flatMap((bucket) => board[bucket]);
    const slots = freeSlots(tasks, others, { now: now(), zone, hours });
    const found = tasks.flatMap((task) => {
      const at = slots.get(task.id);
      return at === undefined ? [] : [{ task, deadline: instant(at) }];
    });
    const [only] = found;
    if (only && found.length === 1) {
      const label = whenText(Date.parse(only.deadline.deadline ?? ""), zone, dayOf(now(), zone));
      putOff(commands, [only.task], fixed(only.deadline, label), now(), zone);
    } else if (found.length > 0) commands.rescheduleEach(found);
    const left = tasks.length - found.length;
    if (left === 0) return;
    const { noFree, noFreeFor } = views.later;
    showToast({ message: found.length > 0 ? noFreeFor(left, DAYS_AHEAD) : noFree(DAYS_AHEAD) });
  };
  return [
    { label: views.later.today, run: to(tonight) },
    { label: views.later.tomorrow, run: to(tomorrowMorning) },
    { label: views.later.free, run: free },
    { label: views.later.pick, run: onPick },
  ];
}

export function putOff(
  commands: Commands,
  tasks: readonly Task[],
  preset: Preset,
  now: number,
  zone: string,
): void {
  const [only] = tasks;
  if (only && tasks.length === 1) commands.reschedule(only, preset.at(now, zone));
  else if (only) commands.rescheduleAll(tasks, preset.at(now, zone));
}
