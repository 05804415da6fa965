import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { ClockProvider } from "@/shared/clock/react";

import { makeRouter } from "./router";
import { makeServices } from "./services";

export function App() {
  const [services] = useState(makeServices);
  const [router] = useState(() => makeRouter(services));
  const { clock } = services;
  useEffect(() => {
    // Timers sleep with a hidden tab; the clock looks up when the tab is shown again.
    document.addEventListener("visibilitychange", clock.tick);
    return () => {
      document.removeEventListener("visibilitychange", clock.tick);
    };
  }, [clock]);
  return (
    <ClockProvider value={clock}>
      <RouterProvider router={router} />
    </ClockProvider>
  );
}
