import { Outlet, useLocation, useRouteContext } from "@tanstack/react-router";
import { Fragment, lazy, type ReactNode, Suspense } from "react";

import { useObservable } from "@/shared/lib/observable";
import { language } from "@/shared/text/language";

import { Header } from "./Header";
import { LanguageSwitch } from "./LanguageSwitch";
import { Opening } from "./Opening";

/** What needs an account, in one piece: fetched while the server is asked whose session it is. */
export const memberRoutes = () => import("./memberRoutes");

const SignedIn = lazy(async () => ({ default: (await memberRoutes()).SignedIn }));
const Board = lazy(async () => ({ default: (await memberRoutes()).Board }));
/** What others see at the front door. */
export const landing = () => import("./Landing");
const Landing = lazy(async () => ({ default: (await landing()).Landing }));

/** The frame of those who are signed in; at the front door, for others, what this is. */
export function Member(): ReactNode {
  const { session } = useRouteContext({ from: "__root__" });
  const signedIn = useObservable(session.user) !== null;
  const { pathname } = useLocation();
  const spoken = useObservable(language);
  if (signedIn) {
    return (
      <Suspense fallback={<Opening />}>
        <SignedIn />
      </Suspense>
    );
  }
  // Anywhere else the way out, or to the door, has begun.
  return pathname === "/" ? (
    <Fragment key={spoken}>
      <Header end={<LanguageSwitch />} />
      <Suspense>
        <Landing />
      </Suspense>
    </Fragment>
  ) : null;
}

/** Fetched with the frame, and so never by those who only look in. */
export function BoardRoute(): ReactNode {
  return (
    <Suspense>
      <Board />
      <Outlet />
    </Suspense>
  );
}
