import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";

import { useWorkspace } from "@/features/tasks";
import type { BoardSearch } from "@/features/tasks/view/address";

/**
 * Keeps the open plan in the address, so that a reload comes back to it and Back closes it. Returns
 * what the planner calls with the plan that it shows; null for none.
 */
export function usePlanAddress(): (id: string | null) => void {
  const { plan = null } = useSearch({ strict: false });
  const { subject } = useWorkspace();
  const navigate = useNavigate();
  // The plan that planner and address agree on.
  const agreed = useRef<string | null>(null);
  useEffect(() => {
    if (plan === agreed.current) return;
    agreed.current = plan;
    subject.set(plan === null ? null : { draftId: plan });
  }, [plan, subject]);
  return useCallback(
    (id: string | null) => {
      if (id === agreed.current) return;
      const replace = agreed.current !== null;
      agreed.current = id;
      void navigate({
        to: ".",
        search: ({ plan: _closed, ...rest }: BoardSearch) =>
          id === null ? rest : { ...rest, plan: id },
        replace,
      });
    },
    [navigate],
  );
}
