import { useEffect, useState } from "react";

import { ApiError, explain } from "@/shared/api/errors";
import { getTask } from "@/shared/api/getTask";
import type { Task } from "@/shared/api/types";
import { useObservable } from "@/shared/lib/observable";
import { useReadyOf } from "@/shared/store/react";
import { text } from "@/shared/text";

import { useTask, useWorkspace } from "../context";

export type OpenTask =
  | { readonly state: "found"; readonly task: Task }
  | { readonly state: "loading" }
  /** `why` says it to the person. */
  | { readonly state: "missing" | "failed"; readonly why: string };

/** The task of an address: from the board, or, closed too long ago for it, from the server. */
export function useOpenTask(id: string): OpenTask {
  const { store, connection } = useWorkspace();
  const ready = useReadyOf(store);
  const live = useObservable(connection).state === "live";
  const task = useTask(id);
  const [known, setKnown] = useState(false);
  const [missing, setMissing] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
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
        if (left) return;
        if (error instanceof ApiError && error.status === 404) setMissing(true);
        else setFailure(explain(error));
      },
    );
    return () => {
      left = true;
    };
    // `live`: what could not be asked is asked again when the connection is back.
  }, [ask, id, live, store]);
  if (task) return { state: "found", task };
  if (known) return { state: "missing", why: text.detail.gone };
  if (missing) return { state: "missing", why: text.detail.missing };
  return failure === null ? { state: "loading" } : { state: "failed", why: failure };
}
