// Part of the service worker: a press on a notice that it has shown, which is how phones have them.
// A window that is there comes to the front and opens the task; otherwise there is a new one.
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openTask(event.notification.data?.task));
});

async function openTask(task) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const found = windows.find(({ visibilityState }) => visibilityState === "visible") ?? windows[0];
  if (!found) {
    await self.clients.openWindow(task === undefined ? "/" : `/tasks/${encodeURIComponent(task)}`);
    return;
  }
  // First to the front: that may be done once, and right after the press.
  await found.focus();
  if (task !== undefined) found.postMessage({ open: task });
}
