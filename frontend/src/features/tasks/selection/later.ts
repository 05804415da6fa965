import type { Task } from "@/shared/api/types";
import { BUCKETS } from "@/shared/store/bucket";
import { dayOf } from "@/shared/lib/zone";
import type { TaskStore } from "@/shared/store/store";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { showToast } from "@/shared/ui/toasts";

import type { Commands } from "../commands";
import {
  type Deadline,
  instant,
  type Preset,
  tomorrowMorning,
  tonight,
} from "../deadline/deadline";
import { DAYS_AHEAD, freeSlots, type WorkingHours } from "../deadline/slot";
import { timeOfDay, whenText } from "../deadline/when";

export interface Later {
  /** With the time that it sets. It is worked out when it is read: many cards have such ways, and few open them. */
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

/** The ways to put something off, for one task or many. What one says is what it does, however late it is chosen. */
export function waysLater(options: LaterOptions): readonly Later[] {
  const { tasks, store, commands, now, zone, hours, onPick } = options;
  const to = (preset: Preset, says: (by: Deadline) => string): Later => {
    const by = keeping(() => preset.at(now(), zone));
    return {
      get label() {
        return says(by.anew());
      },
      run: () => {
        putOff(commands, tasks, by.kept());
      },
    };
  };
  const slots = keeping(() => {
    const board = store.getBoard();
    const others = BUCKETS.flatMap((bucket) => board[bucket]);
    const free = freeSlots(tasks, others, { now: now(), zone, hours });
    return tasks.flatMap((task) => {
      const at = free.get(task.id);
      return at === undefined ? [] : [{ task, deadline: instant(at) }];
    });
  });
  const toFree = () => {
    const found = slots.kept();
    const [only] = found;
    if (only && found.length === 1) putOff(commands, [only.task], only.deadline);
    else if (found.length > 0) commands.rescheduleEach(found);
    const left = tasks.length - found.length;
    if (left === 0) return;
    const { noFree, noFreeFor } = views.later;
    showToast({ message: found.length > 0 ? noFreeFor(left, DAYS_AHEAD) : noFree(DAYS_AHEAD) });
  };
  return [
    to(tonight, (by) => {
      // When the evening is over, all that is left of the day.
      const at = msOf(by);
      const over = dayOf(at, zone) !== dayOf(now(), zone);
      return over
        ? views.later.todayEnd
        : text.time.dayAndTime(views.later.today, timeOfDay(at, zone));
    }),
    to(tomorrowMorning, (by) =>
      text.time.dayAndTime(views.later.tomorrow, timeOfDay(msOf(by), zone)),
    ),
    {
      get label() {
        if (tasks.length > 1) return views.later.freeEach;
        const [only] = slots.anew();
        return only
          ? views.later.freeAt(whenText(msOf(only.deadline), zone, dayOf(now(), zone)))
          : views.later.free;
      },
      run: toFree,
    },
    { label: views.later.pick, run: onPick },
  ];
}

function msOf({ deadline }: Deadline): number {
  return Date.parse(deadline ?? "");
}

/** Works something out anew when it is to be said, and keeps what was said for when it is to be done. */
function keeping<T>(work: () => T): { readonly anew: () => T; readonly kept: () => T } {
  let said: { readonly is: T } | null = null;
  const anew = () => (said = { is: work() }).is;
  return { anew, kept: () => said?.is ?? anew() };
}

export function putOff(commands: Commands, tasks: readonly Task[], deadline: Deadline): void {
  const [only] = tasks;
  if (only && tasks.length === 1) commands.reschedule(only, deadline);
  else if (only) commands.rescheduleAll(tasks, deadline);
}
