import { recall, remember } from "@/shared/lib/storage";

const KEY = "told";
/** So many names are remembered: far more than could still come a second time. */
const KEPT = 200;

/** The part of the browser's locks that is used here. */
export type Locks = Pick<LockManager, "request">;

/**
 * Runs `tell` unless a window of this browser has done so under the same name. Windows take turns
 * by a lock, so that of two which ask at the same instant one finds the other's note.
 */
export async function once(
  name: string,
  tell: () => void,
  // Insecure pages have none, whatever the types say; they have no notifications either.
  locks = navigator.locks as Locks | undefined,
): Promise<void> {
  const turn = () => {
    const told = noted();
    if (told.includes(name)) return;
    remember(KEY, JSON.stringify([...told, name].slice(-KEPT)));
    tell();
  };
  if (locks) await locks.request("taskengine.notices", turn);
  else turn();
}

function noted(): readonly string[] {
  try {
    const told: unknown = JSON.parse(recall(KEY) ?? "[]");
    return Array.isArray(told) ? told.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}
