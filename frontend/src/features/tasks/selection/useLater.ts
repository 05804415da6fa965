import type { Task } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { useObservable } from "@/shared/lib/observable";

import { useWorkspace, useZone } from "../context";
import { type Later, putOff, waysLater } from "./later";
import type { Preset } from "../deadline/deadline";

/** The ways to put tasks off, and what a time that was picked does. */
export function useLater(
  tasks: readonly Task[],
  onPick: () => void,
): { readonly ways: readonly Later[]; readonly pick: (preset: Preset) => void } {
  const clock = useClock();
  const { commands, hours: told, store } = useWorkspace();
  const zone = useZone();
  const hours = useObservable(told);
  const ways = waysLater({ tasks, store, commands, now: () => clock.now(), zone, hours, onPick });
  return {
    ways,
    pick: (preset) => {
      putOff(commands, tasks, preset.at(clock.now(), zone));
    },
  };
}
