import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { ApiError, explain } from "@/shared/api/errors";
import { getBreakdown } from "@/shared/api/getBreakdown";
import type { Breakdown } from "@/shared/api/types";
import { useObservable } from "@/shared/lib/observable";

import { useWorkspace } from "../context";
import type { Subject } from "../workspace";

export type OpenDraft =
  | { readonly state: "none" }
  | { readonly state: "found"; readonly draft: Breakdown }
  | { readonly state: "loading" }
  | { readonly state: "gone" }
  | { readonly state: "failed"; readonly why: string };

/** The draft that was begun for a subject, if there is one that can be gone on with. */
export function useDraftIdOf(subject: Subject) {
  const { store } = useWorkspace();
  return useState<string | null>(() => {
    if ("draftId" in subject) return subject.draftId;
    const begun = store
      .getDrafts()
      .find((draft) =>
        "taskId" in subject
          ? draft.task === subject.taskId
          : draft.task === null && draft.goal === subject.goal,
      );
    return begun?.id ?? null;
  });
}

/** A draft from the stream, or, closed before the last snapshot, from the server. */
export function useOpenDraft(id: string | null): OpenDraft {
  const { store, connection } = useWorkspace();
  const live = useObservable(connection).state === "live";
  const told = useSyncExternalStore(
    store.subscribe,
    useCallback(() => (id === null ? undefined : store.getDraft(id)), [id, store]),
  );
  // A snapshot leaves out what was closed meanwhile: until that is asked, the last that was known.
  const [last, setLast] = useState<Breakdown | null>(null);
  const [failure, setFailure] = useState<{ id: string; why: string | null } | null>(null);
  if (told && told !== last) setLast(told);
  useEffect(() => {
    if (id === null || told) return;
    let left = false;
    getBreakdown(id).then(
      (found) => {
        if (!left) store.takeDraft(found);
      },
      (error: unknown) => {
        if (left) return;
        const gone = error instanceof ApiError && error.status === 404;
        setFailure({ id, why: gone ? null : explain(error) });
      },
    );
    return () => {
      left = true;
    };
    // `live`: what could not be asked is asked again when the connection is back.
  }, [id, live, store, told]);
  if (id === null) return { state: "none" };
  if (told) return { state: "found", draft: told };
  if (failure?.id === id) {
    return failure.why === null ? { state: "gone" } : { state: "failed", why: failure.why };
  }
  return last?.id === id ? { state: "found", draft: last } : { state: "loading" };
}
