import { Observable } from "@/shared/lib/observable";
import { newUuid } from "@/shared/lib/uuid";

export interface Toast {
  readonly id: string;
  readonly message: string;
  /** Until somebody puts it away. */
  readonly stays?: true;
  /** It says why something was taken back, and stays, too; it goes with whose it was. */
  readonly refusal?: true;
  /** What else it says, each a sentence of its own. */
  readonly more?: readonly string[];
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** More than a few at once would be a wall. */
const MOST = 3;
/** More refusals than these are told in one. */
const REFUSALS_APART = 2;

export const toasts = new Observable<readonly Toast[]>([]);

/** Shows it, and tells its name. */
export function showToast(toast: Omit<Toast, "id">): string {
  const id = newUuid();
  const before = toasts.get();
  let over = before.length + 1 - MOST;
  // The oldest give way, but none that waits for somebody.
  const kept = before.filter((one) => waits(one) || over-- <= 0);
  toasts.set([...kept, { ...toast, id }]);
  return id;
}

/** Whether it is there until somebody puts it away. */
export function waits({ stays, refusal }: Toast): boolean {
  return stays === true || refusal === true;
}

/** Says why something was taken back, until it is put away: who looks elsewhere just then would never know. */
export function showRefusal(message: string): void {
  const told = toasts.get().filter(({ refusal }) => refusal);
  const said = told.flatMap((one) => [one.message, ...(one.more ?? [])]);
  const [first] = told;
  if (!first || said.length < REFUSALS_APART) {
    showToast({ message, refusal: true });
    return;
  }
  const all = { ...first, more: [...said.slice(1), message] };
  toasts.set(
    toasts.get().flatMap((one) => (one === first ? [all] : told.includes(one) ? [] : [one])),
  );
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
