import { useEffect, useState } from "react";

import { ApiError } from "@/shared/api/errors";
import { getTask } from "@/shared/api/getTask";
import type { Task } from "@/shared/api/types";
import { useReadyOf } from "@/shared/store/react";

import { useTask, useWorkspace } from "../context";

export type OpenTask =
  { readonly state: "found"; readonly task: Task } | { readonly state: "loading" | "missing" };

/** The task of an address: from the board, or, closed too long ago for it, from the server. */
export function useOpenTask(id: string): OpenTask {
  const { store } = useWorkspace();
  const ready = useReadyOf(store);
  const task = useTask(id);
  const [known, setKnown] = useState(false);
  const [missing, setMissing] = useState(false);
  // Once it was here, its absence means that it was deleted; the server need not be asked.
  if (task && !known) setKnown(true);
  const ask = ready && !task && !known && !missing;
  useEffect(() => {
    if (!ask) return;
    let left = false;
    getTask(id).then(
      (found) => {
        if (!left) store.adopt(found);
      },
      (error: unknown) => {
        if (!left && error instanceof ApiError) setMissing(true);
      },
    );
    return () => {
      left = true;
    };
  }, [ask, id, store]);
  if (task) return { state: "found", task };
  return { state: missing || known ? "missing" : "loading" };
}
