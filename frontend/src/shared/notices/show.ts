export interface Notice {
  readonly title: string;
  readonly body: string;
  /** A second notice of the same tag takes the place of the first, silently. */
  readonly tag: string;
  /** The task that it is about, if any: all that the worker has to go by. */
  readonly task?: string;
  readonly onPress: () => void;
}

const ICON = "/favicon.svg";

/** Shows a notification. Where the page itself may not (phones), its service worker does. */
export function show({ title, body, tag, task, onPress }: Notice): void {
  const options = { body, tag, icon: ICON, data: { task } };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
      onPress();
    };
  } catch {
    if (!("serviceWorker" in navigator)) return;
    void navigator.serviceWorker
      .getRegistration()
      .then((worker) => worker?.showNotification(title, options))
      // There is nothing else to tell it by; the board shows it all the same.
      .catch(() => undefined);
  }
}
