import { useCallback, useEffect, useState } from "react";

import { explain } from "@/shared/api/errors";

export interface List<T> {
  /** Null until it has come. */
  readonly items: readonly T[] | null;
  readonly problem: string | null;
  readonly reload: () => void;
  readonly change: (change: (items: readonly T[]) => readonly T[]) => void;
}

/** What the server lists, and what becomes of it here. `load` must be stable. */
export function useList<T>(load: () => Promise<readonly T[]>): List<T> {
  const [items, setItems] = useState<readonly T[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let left = false;
    load().then(
      (found) => {
        if (left) return;
        setItems(found);
        setProblem(null);
      },
      (error: unknown) => {
        if (!left) setProblem(explain(error));
      },
    );
    return () => {
      left = true;
    };
  }, [load, asked]);
  return {
    items,
    problem,
    reload: useCallback(() => {
      setAsked((times) => times + 1);
    }, []),
    change: useCallback((change) => {
      setItems((before) => before && change(before));
    }, []),
  };
}
