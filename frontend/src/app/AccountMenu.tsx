import { useNavigate, useRouteContext } from "@tanstack/react-router";
import { useState } from "react";

import { useWorkspace } from "@/features/tasks";
import { explain } from "@/shared/api/errors";
import type { User } from "@/shared/api/types";
import { ROOMY, useMedia, WIDE } from "@/shared/lib/media";
import { useObservable } from "@/shared/lib/observable";
import { useUnansweredOf } from "@/shared/store/react";
import { text } from "@/shared/text";
import { Confirm } from "@/shared/ui/Confirm";
import { ChevronIcon, UserIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";
import { nextTheme, theme } from "@/shared/ui/theme";
import { showRefusal } from "@/shared/ui/toasts";

export function AccountMenu({ user }: { readonly user: User }) {
  const { session } = useRouteContext({ from: "__root__" });
  const navigate = useNavigate();
  const { store, wanted } = useWorkspace();
  const waiting = useUnansweredOf(store);
  const [asking, setAsking] = useState(false);
  const roomy = useMedia(ROOMY);
  const wide = useMedia(WIDE);
  const want = (what: "palette" | "help") => () => {
    wanted.set(what);
  };
  const chosenTheme = useObservable(theme);
  const name = user.is_guest ? text.header.guest : user.email.replace(/@.*/, "");
  const leave = async () => {
    try {
      await session.signOut();
      await navigate({ to: "/" });
    } catch (error) {
      showRefusal(text.toasts.stillSignedIn(explain(error)));
    }
  };
  return (
    <>
      <Menu
        label={text.header.account(name)}
        className="inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-card px-2 text-meta hover:bg-hover wide:min-h-9"
        items={[
          { label: text.header.activity, run: () => void navigate({ to: "/activity" }) },
          { label: text.header.settings, run: () => void navigate({ to: "/settings" }) },
          wide
            ? { label: text.header.keyboard, run: want("help") }
            : { label: text.header.anything, run: want("palette") },
          // On a phone the header has no room for the theme.
          ...(roomy ? [] : [{ label: text.header.theme[chosenTheme], run: nextTheme }]),
          {
            label: text.header.signOut,
            run: () => {
              if (waiting > 0) setAsking(true);
              else void leave();
            },
          },
        ]}
      >
        <UserIcon className="size-4 sm:hidden" />
        <span className="max-w-[12ch] truncate max-sm:hidden">{name}</span>
        <ChevronIcon className="size-4 max-sm:hidden" />
      </Menu>
      {asking && (
        <Confirm
          question={text.header.unsent(waiting)}
          yes={text.header.signOutAnyway}
          onYes={() => void leave()}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
