import { useMemo } from "react";

import type { Task } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { dayOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { showToast } from "@/shared/ui/toasts";

import { type Day, DAYS, daysAt } from "../board/groups";
import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import { useSetFilter, useViewRef } from "../view/useSetFilter";
import { onDay, standsOn } from "./onDay";

/** What a card can be moved to, by hand or by key. */
export interface Moves {
  /** To another day, at the same time of day. */
  toDay(tasks: readonly Task[], day: Day): void;
  /** To the group before or after its own. */
  toDayBeside(task: Task, step: 1 | -1): void;
  /** Right before or after another card; the board is in the person's own order from then on. */
  beside(task: Task, other: Task, place: "before" | "after"): void;
  /** One place up or down within its group. */
  step(task: Task, step: 1 | -1): void;
}

export function useMoves(): Moves {
  const clock = useClock();
  const { commands, store, zone } = useWorkspace();
  const hands = useHands();
  const view = useViewRef();
  const setFilter = useSetFilter();
  return useMemo(() => {
    const days = () => {
      const today = dayOf(clock.now(), zone.get());
      return { today, dayIn: daysAt(zone.get(), today) };
    };
    const byHandNow = (day: Day) => {
      if (view.current.filter.order === "hand" || day === "none") return;
      setFilter({ order: "hand" });
      showToast({
        message: views.byHandNow,
        action: {
          label: views.byTimeAgain,
          run: () => {
            setFilter({ order: "time" });
          },
        },
      });
    };
    const moves: Moves = {
      toDay(tasks, day) {
        const { today } = days();
        const at = { today, zone: zone.get(), now: clock.now() };
        const open = tasks.filter((task) => task.completed_at === null);
        const [first] = open;
        if (!first) return;
        if (open.length === 1) commands.reschedule(first, onDay(first, day, at));
        else {
          // Each at its own time of day; yet one request, one way back.
          const moving = open.filter((task) => !standsOn(task, day, at));
          commands.rescheduleEach(moving.map((task) => ({ task, deadline: onDay(task, day, at) })));
        }
        hands.say(views.droppedOn(first.title, text.groups[day]));
      },

      toDayBeside(task, step) {
        const { dayIn } = days();
        const next = DAYS[DAYS.indexOf(dayIn(task)) + step];
        if (next === undefined || task.completed_at !== null) hands.say(views.atEdge);
        else moves.toDay([task], next);
      },

      beside(task, other, place) {
        if (task.id === other.id) return;
        commands.reorder(task, place === "before" ? { before: other.id } : { after: other.id });
        byHandNow(days().dayIn(other));
      },

      step(task, step) {
        const { dayIn } = days();
        const ids = hands.lists.ids(hands.lists.bucketOf(task.id));
        const other = store.getTask(ids[ids.indexOf(task.id) + step] ?? "");
        if (other?.completed_at !== null || dayIn(other) !== dayIn(task)) {
          hands.say(views.atEdge);
          return;
        }
        moves.beside(task, other, step === 1 ? "after" : "before");
        hands.say(step === 1 ? views.movedDown(task.title) : views.movedUp(task.title));
      },
    };
    return moves;
  }, [clock, commands, hands, setFilter, store, view, zone]);
}
