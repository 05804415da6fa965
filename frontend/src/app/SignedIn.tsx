import {
  Outlet,
  useMatches,
  useNavigate,
  useParams,
  useRouteContext,
} from "@tanstack/react-router";
import { Fragment, useCallback, useEffect, useState } from "react";

import {
  Anywhere,
  Away,
  ConnectionPill,
  makeWorkspace,
  MissAnnouncer,
  NextDeadline,
  PaletteButton,
  Sidebar,
  Tabs,
  UndoKey,
  ViewProvider,
  WorkspaceProvider,
} from "@/features/tasks";
import type { User } from "@/shared/api/types";
import { whenAtRest } from "@/shared/lib/idle";
import { useMedia, WIDE } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import { language, speakAs } from "@/shared/text/language";
import { preloadParts } from "@/shared/ui/part";

import { AccountMenu } from "./AccountMenu";
import { Header } from "./Header";
import { boardRoute } from "./Member";
import { useNotices } from "./useNotices";
import { usePlace } from "./usePlace";

/** The board's parts are known once the board is here. */
const preloadAll = () => {
  boardRoute().then(preloadParts, preloadParts);
};

/** The frame of all that needs an account. Its workspace lives as long as the person stays. */
export function SignedIn() {
  const { session } = useRouteContext({ from: "__root__" });
  const user = useObservable<User | null>(session.user);
  // Between the end of the session and the way out there is nobody to show anything to.
  return user && <Frame key={user.id} user={user} />;
}

function Frame({ user }: { readonly user: User }) {
  const { clock, session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  const sessionEnded = useCallback(() => {
    session.end();
    void navigate({ to: "/signin", search: { ended: true } });
  }, [navigate, session]);
  const [workspace] = useState(() =>
    makeWorkspace({
      clock,
      viewer: user.id,
      zone: user.time_zone,
      hours: user.working_hours,
      sessionEnded,
    }),
  );
  const { state } = useObservable(workspace.connection);
  const wide = useMedia(WIDE);
  const onBoard = useMatches({
    select: (matches) => matches.some(({ routeId }) => routeId === "/member/board"),
  });
  const { taskId } = useParams({ strict: false });
  const live = state === "live";
  const spoken = useObservable(language);
  useEffect(() => workspace.open(), [workspace]);
  useEffect(() => session.onEndedElsewhere(sessionEnded), [session, sessionEnded]);
  useEffect(() => {
    workspace.zone.set(user.time_zone);
    workspace.hours.set(user.working_hours);
  }, [user.time_zone, user.working_hours, workspace]);
  // Who was remembered is drawn at once; another device may have chosen another language since.
  useEffect(() => void speakAs(user.language), [user.language]);
  useEffect(() => (live ? whenAtRest(preloadAll) : undefined), [live]);
  useNotices(workspace);
  useEffect(() => {
    // The browser asks, in words of its own, whether to leave what has not been sent.
    const leave = (event: BeforeUnloadEvent) => {
      if (workspace.store.countUnanswered() > 0 && !workspace.keepsChanges())
        event.preventDefault();
    };
    window.addEventListener("beforeunload", leave);
    return () => {
      window.removeEventListener("beforeunload", leave);
    };
  }, [workspace]);
  return (
    <WorkspaceProvider value={workspace}>
      {/* Another language is another page over the same workspace. */}
      <Fragment key={spoken}>
        <Misses />
        <UndoKey />
        <Header
          middle={
            <>
              <div className="flex min-w-0 flex-1 justify-start">
                <Next />
              </div>
              {/* An open task lies over the board's note. */}
              <ConnectionPill noted={onBoard && taskId === undefined} />
            </>
          }
          end={
            <>
              <PaletteButton />
              <AccountMenu user={user} />
            </>
          }
        />
        <div className="mx-auto flex max-w-[1680px]">
          {wide && (
            <div className="sticky top-[57px] h-[calc(100dvh-57px)] w-56 shrink-0 overflow-y-auto border-r border-line">
              <Sidebar />
            </div>
          )}
          <div className="min-w-0 flex-1">
            <Away onBoard={onBoard} />
            <Outlet />
          </div>
        </div>
        {!wide && <Tabs />}
        {!onBoard && <Anywhere />}
      </Fragment>
    </WorkspaceProvider>
  );
}

function Next() {
  const { view } = usePlace();
  return (
    <ViewProvider value={view}>
      <NextDeadline />
    </ViewProvider>
  );
}

/** Apart: the place can be read only inside the workspace, and the frame is not drawn anew with it. */
function Misses() {
  const { view } = usePlace();
  return <MissAnnouncer view={view} />;
}
