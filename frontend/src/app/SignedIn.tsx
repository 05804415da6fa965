import { Outlet, useNavigate, useRouteContext } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { ConnectionPill, NextDeadline, makeWorkspace, WorkspaceProvider } from "@/features/tasks";
import type { User } from "@/shared/api/types";
import { ROOMY, useMedia } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";
import { ChevronIcon, UserIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";
import { nextTheme, theme } from "@/shared/ui/theme";

import { Header } from "./Header";

/** The frame of all that needs an account. Its workspace lives as long as the person stays. */
export function SignedIn() {
  const { session } = useRouteContext({ from: "__root__" });
  const user = useObservable(session.user);
  // Between the end of the session and the way out there is nobody to show anything to.
  return user && <Frame key={`${user.id} ${user.time_zone}`} user={user} />;
}

function Frame({ user }: { readonly user: User }) {
  const { clock, session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  const [workspace] = useState(() =>
    makeWorkspace({
      clock,
      viewer: user.id,
      zone: user.time_zone,
      sessionEnded: () => {
        session.end();
        void navigate({ to: "/signin", search: { ended: true } });
      },
    }),
  );
  useEffect(() => workspace.open(), [workspace]);
  return (
    <WorkspaceProvider value={workspace}>
      <Header
        middle={
          <>
            <div className="flex min-w-0 flex-1 justify-start">
              <NextDeadline />
            </div>
            <ConnectionPill />
          </>
        }
        end={<AccountMenu user={user} />}
      />
      <Outlet />
    </WorkspaceProvider>
  );
}

function AccountMenu({ user }: { readonly user: User }) {
  const { session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  const roomy = useMedia(ROOMY);
  const chosenTheme = useObservable(theme);
  const name = user.is_guest ? text.header.guest : user.email.replace(/@.*/, "");
  const leave = async () => {
    await session.signOut();
    await navigate({ to: "/" });
  };
  return (
    <Menu
      label={text.header.account(name)}
      className="inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-card px-2 text-meta hover:bg-hover wide:min-h-9"
      items={[
        { label: text.header.settings, run: () => void navigate({ to: "/settings" }) },
        // On a phone the header has no room for the theme.
        ...(roomy ? [] : [{ label: text.header.theme[chosenTheme], run: nextTheme }]),
        { label: text.header.signOut, run: () => void leave() },
      ]}
    >
      <UserIcon className="size-4 sm:hidden" />
      <span className="max-w-[12ch] truncate max-sm:hidden">{name}</span>
      <ChevronIcon className="size-4 max-sm:hidden" />
    </Menu>
  );
}
