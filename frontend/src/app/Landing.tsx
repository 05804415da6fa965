import { useRouteContext } from "@tanstack/react-router";

import { LandingPage } from "@/features/landing/LandingPage";
import { part } from "@/shared/ui/part";

/** Apart, since it needs all that draws a board: what this is can be read before. */
const sample = part(async () => ({
  default: (await import("@/features/tasks/sample/SampleBoard")).SampleBoard,
}));

export function Landing() {
  const { session } = useRouteContext({ from: "__root__" });
  return (
    <LandingPage
      sample={<sample.Part of={{}} failed={() => null} />}
      // The board then takes its place by itself: it is at the same address.
      startDemo={() => session.startDemo()}
    />
  );
}
