import { Observable } from "@/shared/lib/observable";
import { newUuid } from "@/shared/lib/uuid";

export interface Toast {
  readonly id: string;
  readonly message: string;
  /** Until somebody puts it away. */
  readonly stays?: true;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** More than a few at once would be a wall. */
const MOST = 3;

export const toasts = new Observable<readonly Toast[]>([]);

/** Shows it, and tells its name. */
export function showToast(toast: Omit<Toast, "id">): string {
  const id = newUuid();
  const before = toasts.get();
  let over = before.length + 1 - MOST;
  // The oldest give way, but none that waits for somebody.
  const kept = before.filter(({ stays }) => stays === true || over-- <= 0);
  toasts.set([...kept, { ...toast, id }]);
  return id;
}

/** Has one that is still shown say something else. */
export function rewordToast(id: string, message: string): void {
  toasts.set(toasts.get().map((toast) => (toast.id === id ? { ...toast, message } : toast)));
}

export function dismissToast(id: string): void {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}

/** Whoever comes next is told nothing of what somebody else did; what concerns the page stays. */
export function clearToasts(): void {
  toasts.set(toasts.get().filter(({ stays }) => stays === true));
}
