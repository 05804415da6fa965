import { Outlet, useLocation, useRouteContext } from "@tanstack/react-router";
import { type ComponentType, Fragment, lazy, type ReactNode, Suspense, useState } from "react";

import { useObservable } from "@/shared/lib/observable";
import { language } from "@/shared/text/language";

import type * as BoardModule from "./Board";
import { Header } from "./Header";
import type * as LandingModule from "./Landing";
import { LanguageSwitch } from "./LanguageSwitch";
import type * as MemberRoutes from "./memberRoutes";
import { Opening } from "./Opening";

type Members = typeof MemberRoutes;
type Boards = typeof BoardModule;
type Door = typeof LandingModule;

// What is here already is drawn at once: React holds back for 300 ms what it has once waited for.
let members: Members | null = null;
let boards: Boards | null = null;
let door: Door | null = null;

/** The frame of all that needs an account: fetched while the server is asked whose session it is. */
export const memberRoutes = async (): Promise<Members> =>
  (members = await import("./memberRoutes"));
/** What the board is drawn with: fetched beside it where the board is wanted, and otherwise once there is rest. */
export const boardRoute = async (): Promise<Boards> => (boards = await import("./Board"));
/** What others see at the front door. */
export const landing = async (): Promise<Door> => (door = await import("./Landing"));

const SignedIn = lazy(async () => ({ default: (await memberRoutes()).SignedIn }));
const Board = lazy(async () => ({ default: (await boardRoute()).Board }));
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
        <Now here={members?.SignedIn} later={SignedIn} />
      </Suspense>
    );
  }
  // Anywhere else the way out, or to the door, has begun.
  return pathname === "/" ? (
    <Fragment key={spoken}>
      <Header end={<LanguageSwitch />} />
      <Suspense>
        <Now here={door?.Landing} later={Landing} />
      </Suspense>
    </Fragment>
  ) : null;
}

/** Fetched with the frame, and so never by those who only look in. */
export function BoardRoute(): ReactNode {
  return (
    <Suspense>
      <Now here={boards?.Board} later={Board} />
      <Outlet />
    </Suspense>
  );
}

/** Draws a part by the code that was here when it was first drawn, or else once it has come. */
function Now({
  here,
  later,
}: {
  readonly here: ComponentType | undefined;
  readonly later: ComponentType;
}) {
  const [Part] = useState(() => here ?? later);
  return <Part />;
}
