import { useEffect, useState } from "react";

import { searchTasks } from "@/shared/api/searchTasks";
import type { Task } from "@/shared/api/types";

import { useWorkspace } from "../context";

/** A pause in typing, after which the server is asked, ms. */
const PAUSE_MS = 250;
const MOST = 20;

/** What the server finds that the page does not hold: closed too long ago for the snapshot. */
export function useServerSearch(q: string): readonly Task[] {
  const { store } = useWorkspace();
  const [found, setFound] = useState<readonly Task[]>([]);
  const wanted = q.trim();
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      if (wanted.length < 2) {
        setFound([]);
        return;
      }
      searchTasks(wanted, MOST).then(
        (tasks) => {
          if (!left) setFound(tasks.filter(({ id }) => !store.getTask(id)));
        },
        // What is here can be searched without the server; it is asked again with the next letter.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [store, wanted]);
  return wanted.length < 2 ? [] : found;
}
