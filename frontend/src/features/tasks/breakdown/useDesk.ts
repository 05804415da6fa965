import { useCallback, useMemo, useRef, useState } from "react";

import { ApiError, explain } from "@/shared/api/errors";
import type { Breakdown } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { useIsHere } from "@/shared/lib/useIsHere";
import { newUuid } from "@/shared/lib/uuid";
import { dayOf } from "@/shared/lib/zone";
import { breakdown as text } from "@/shared/text/breakdown";
import { showRefusal } from "@/shared/ui/toasts";

import { useWorkspace, useZone } from "../context";
import { whenText } from "../deadline/when";
import { asItIs, type Edit } from "./edits";

type Send = (opId: string) => Promise<Breakdown>;

export interface Desk {
  /** The draft as the person should see it. */
  readonly draft: Breakdown;
  /** Something waits for the server that could not be shown ahead. */
  readonly busy: boolean;
  /** Why the last change was taken back. */
  readonly problem: string | null;
  /**
   * Sends a change after those before it. With an edit it shows at once and is taken back when
   * refused. Resolves to the draft as answered and the operation's name; null when refused.
   */
  readonly act: (send: Send, edit?: Edit) => Promise<{ draft: Breakdown; opId: string } | null>;
}

interface Pending {
  readonly opId: string;
  readonly edit: Edit | null;
}

/** One draft under the person's hands. */
export function useDesk(told: Breakdown): Desk {
  const { store } = useWorkspace();
  const explainHere = useExplain();
  const isHere = useIsHere();
  const { goal } = told;
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const act = useCallback<Desk["act"]>(
    (send, edit) => {
      const opId = newUuid();
      const run = async () => {
        try {
          const draft = await send(opId);
          store.takeDraft(draft);
          return { draft, opId };
        } catch (error) {
          if (isHere()) setProblem(explainHere(error));
          else showRefusal(text.unchanged(goal, explainHere(error)));
          return null;
        } finally {
          setPending((before) => before.filter((one) => one.opId !== opId));
        }
      };
      setProblem(null);
      setPending((before) => [...before, { opId, edit: edit ?? null }]);
      const answered = line.current.then(run);
      line.current = answered;
      return answered;
    },
    [explainHere, goal, isHere, store],
  );
  const draft = useMemo(
    () => pending.reduce((before, { edit }) => (edit ?? asItIs)(before), told),
    [pending, told],
  );
  return { draft, busy: pending.some(({ edit }) => edit === null), problem, act };
}

/** What to tell a person, with the time at which it can be tried again where that is known. */
export function useExplain(): (error: unknown) => string {
  const clock = useClock();
  const zone = useZone();
  return useCallback(
    (error: unknown) => {
      if (error instanceof ApiError && error.code === "budget_exhausted") {
        const now = clock.now();
        const at = now + (error.retryAfterMs ?? 0);
        return text.budget(whenText(at, zone, dayOf(now, zone)));
      }
      return explain(error);
    },
    [clock, zone],
  );
}
