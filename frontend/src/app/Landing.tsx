import { useRouteContext } from "@tanstack/react-router";

import { LandingPage } from "@/features/landing/LandingPage";
import { SampleBoard } from "@/features/tasks/sample/SampleBoard";

export function Landing() {
  const { session } = useRouteContext({ from: "__root__" });
  return (
    <LandingPage
      sample={<SampleBoard />}
      // The board then takes its place by itself: it is at the same address.
      startDemo={() => session.startDemo()}
    />
  );
}
