import { text } from "@/shared/text";
import { showToast } from "@/shared/ui/toasts";

/**
 * Has a worker keep the page for when there is no network. A new version is fetched behind the
 * person's back and waits until they ask for it: what they are at is not taken from their hands.
 */
export async function keepPage(workers: ServiceWorkerContainer): Promise<void> {
  const registration = await workers.register("/sw.js");
  const offer = (waiting: ServiceWorker) => {
    showToast({
      message: text.page.newVersion,
      stays: true,
      action: {
        label: text.page.reloadNow,
        run: () => {
          workers.addEventListener("controllerchange", () => {
            window.location.reload();
          });
          waiting.postMessage({ type: "SKIP_WAITING" });
        },
      },
    });
  };
  // Without one at work there was no version before this one.
  if (registration.waiting && workers.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed" && workers.controller) offer(installing);
    });
  });
}
