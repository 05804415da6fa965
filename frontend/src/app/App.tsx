import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { ClockProvider } from "@/shared/clock/react";
import { whenIdle } from "@/shared/lib/idle";

import { makeRouter } from "./router";
import { makeServices } from "./services";

/** The page before it is drawn. */
export function makePage() {
  const services = makeServices();
  return { clock: services.clock, router: makeRouter(services) };
}

export function App({ clock, router }: ReturnType<typeof makePage>) {
  useEffect(() => {
    // Timers sleep with a hidden tab; the clock looks up when the tab is shown again.
    document.addEventListener("visibilitychange", clock.tick);
    return () => {
      document.removeEventListener("visibilitychange", clock.tick);
    };
  }, [clock]);
  useEffect(() => {
    const workers = workersHere();
    if (!workers) return;
    return whenIdle(() => {
      import("./serviceWorker")
        .then(({ keepPage }) => keepPage(workers))
        .catch(() => {
          // Without it all works that worked before there were such things.
        });
    });
  }, []);
  return (
    <ClockProvider value={clock}>
      <RouterProvider router={router} />
    </ClockProvider>
  );
}

/** Absent over plain http, in some private windows, and while the page is developed. */
function workersHere(): ServiceWorkerContainer | null {
  if (!import.meta.env.PROD) return null;
  return (navigator as Partial<Navigator>).serviceWorker ?? null;
}
