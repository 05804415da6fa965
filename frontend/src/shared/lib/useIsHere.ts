import { useCallback, useEffect, useRef } from "react";

/** Tells whether what asks is still on the page: for answers, which come whenever they come. */
export function useIsHere(): () => boolean {
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return useCallback(() => here.current, []);
}
