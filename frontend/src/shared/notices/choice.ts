import { Observable } from "@/shared/lib/observable";
import { recall, remember } from "@/shared/lib/storage";

/** What this browser's owner wants to be told by notifications. */
export interface NoticeChoice {
  readonly on: boolean;
  /** How long before a deadline to remind, in minutes; null: not before it. */
  readonly aheadMin: number | null;
}

const KEY = "notices";
export const AHEAD_MIN: readonly number[] = [5, 15, 60];
const NONE: NoticeChoice = { on: false, aheadMin: null };

export const noticeChoice = new Observable<NoticeChoice>(kept(recall(KEY)));

export function chooseNotices(choice: NoticeChoice): void {
  remember(KEY, JSON.stringify(choice));
  noticeChoice.set(choice);
}

/** Takes over what another window of this browser has chosen. Returns how to stop. */
export function followChoice(): () => void {
  const changed = ({ key, newValue }: StorageEvent) => {
    if (key === `taskengine.${KEY}`) noticeChoice.set(kept(newValue));
  };
  window.addEventListener("storage", changed);
  return () => {
    window.removeEventListener("storage", changed);
  };
}

/** Whether the browser lets the page notify; null where it has no notifications. */
export function permission(): NotificationPermission | null {
  return typeof Notification === "undefined" ? null : Notification.permission;
}

function kept(value: string | null): NoticeChoice {
  try {
    const { on, aheadMin } = JSON.parse(value ?? "{}") as Partial<NoticeChoice>;
    return {
      on: on === true,
      aheadMin: AHEAD_MIN.find((minutes) => minutes === aheadMin) ?? null,
    };
  } catch {
    return NONE;
  }
}
