import { useNavigate, useParams, useRouteContext } from "@tanstack/react-router";

import type { User } from "@/shared/api/types";
import { useObservable } from "@/shared/lib/observable";
import { part } from "@/shared/ui/part";
import { Unloaded } from "@/shared/ui/Unloaded";

const page = part(() => import("@/features/settings/SettingsPage"));

export function Settings() {
  const { session } = useRouteContext({ from: "__root__" });
  const user = useObservable<User | null>(session.user);
  const { section } = useParams({ strict: false });
  const navigate = useNavigate();
  return (
    user && (
      <page.Part
        of={{
          user,
          section,
          onChanged: (changed) => {
            session.update(changed);
          },
          onGone: () => {
            session.leave();
            void navigate({ to: "/" });
          },
        }}
        failed={(retry) => <Unloaded onRetry={retry} />}
      />
    )
  );
}
