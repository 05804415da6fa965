import { useNavigate, useRouteContext } from "@tanstack/react-router";

import { LandingPage } from "@/features/landing/LandingPage";
import { SampleBoard } from "@/features/tasks/sample/SampleBoard";

export function Landing() {
  const { session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  return (
    <LandingPage
      sample={<SampleBoard />}
      startDemo={async () => {
        await session.startDemo();
        await navigate({ to: "/tasks" });
      }}
    />
  );
}
