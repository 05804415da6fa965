/** Not every browser tells when it is idle; a moment later will do then. */
const LATER_MS = 1_000;
/** Who has just opened the page reads, or acts, before this is over. */
const REST_MS = 4_000;
const ACTS = ["keydown", "pointerdown"] as const;

/** Runs `work` once the page has nothing better to do. Returns how to call it off. */
export function whenIdle(work: () => void): () => void {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(work, LATER_MS);
    return () => {
      clearTimeout(timer);
    };
  }
  const request = requestIdleCallback(work);
  return () => {
    cancelIdleCallback(request);
  };
}

/**
 * Runs `work` once the page has nothing better to do and has been open for a while, or somebody acts: what their next
 * key wants must be on its way then. Returns how to call it off.
 */
export function whenAtRest(work: () => void): () => void {
  let callOff: (() => void) | null = null;
  const begin = () => {
    stopWaiting();
    callOff = whenIdle(work);
  };
  const timer = setTimeout(begin, REST_MS);
  for (const act of ACTS) window.addEventListener(act, begin, { capture: true });
  const stopWaiting = () => {
    clearTimeout(timer);
    for (const act of ACTS) window.removeEventListener(act, begin, { capture: true });
  };
  return () => {
    stopWaiting();
    callOff?.();
  };
}
