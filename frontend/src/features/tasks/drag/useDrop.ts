import type { Task } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { dayOf } from "@/shared/lib/zone";
import { views } from "@/shared/text/views";
import { undos } from "@/shared/ui/undos";

import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { useViewRef } from "../view/useSetFilter";
import { standsOn } from "./onDay";
import type { Target } from "./target";
import { useMoves } from "./useMoves";

/** Does what it means to drop cards somewhere. */
export function useDrop(): (tasks: readonly Task[], target: Target) => void {
  const clock = useClock();
  const { commands, store, zone } = useWorkspace();
  const hands = useHands();
  const complete = useComplete();
  const moves = useMoves();
  const view = useViewRef();
  return (tasks, { place, edge }) => {
    const [task] = tasks;
    if (!task) return;
    const only = tasks.length === 1;
    if (place.kind === "completed") {
      if (!only) commands.completeAll(tasks);
      else if (task.completed_at === null) complete(task);
    } else if (place.kind === "project") {
      commands.move(tasks, place.id);
      hands.say(views.droppedOn(task.title, store.getProject(place.id)?.name ?? ""));
    } else if (place.kind === "label") {
      commands.relabel(tasks, { add: [place.id] });
      hands.say(views.droppedOn(task.title, store.getLabel(place.id)?.name ?? ""));
    } else {
      const now = clock.now();
      const at = { today: dayOf(now, zone.get()), zone: zone.get(), now };
      const stays = only && standsOn(task, place.day, at);
      const other = place.kind === "card" && only ? store.getTask(place.id) : undefined;
      // Among what has a time the time decides, until the person has an order of their own.
      const sorted = stays || place.day === "none" || view.current.filter.order === "hand";
      undos.asOne(() => {
        if (!stays) moves.toDay(tasks, place.day);
        if (other && edge && sorted) moves.beside(task, other, edge);
      });
    }
    hands.selection.clear();
  };
}
