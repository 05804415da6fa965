import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";

import { type BoardSearch, viewSearch } from "@/features/tasks/view/address";
import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { speakAs } from "@/shared/text/language";

import { Broken } from "./Broken";
import { BoardRoute, boardRoute, landing, Member, memberRoutes } from "./Member";
import { NO_BOARD } from "./noBoard";
import { NotFound } from "./NotFound";
import { Opening } from "./Opening";
import { Root } from "./Root";
import type { Services } from "./services";
import { Settings } from "./Settings";
import { SignedOut } from "./SignedOut";

const root = createRootRouteWithContext<Services>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

/**
 * Where only those who are signed in may be; others sign in first and come back. At the front door
 * others see what this is.
 */
const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  component: Member,
  pendingComponent: Opening,
  pendingMs: 0,
  beforeLoad: async ({ context, location }) => {
    // What a stranger will see is fetched beside the question whether they are one.
    const door = location.pathname === "/" && !context.session.remembers();
    const seen = door ? landing().catch(() => undefined) : null;
    const user = await context.session.load();
    // Before anything of theirs is drawn, so that nothing changes its language before their eyes.
    if (user) {
      // That its code can't be had is for the frame to say.
      const code = NO_BOARD.includes(location.pathname.split("/")[1] ?? "")
        ? [memberRoutes()]
        : [memberRoutes(), boardRoute()];
      await Promise.all([
        Promise.all<unknown>(code).catch(() => undefined),
        speakAs(user.language),
      ]);
      return;
    }
    if (location.pathname !== "/")
      throw redirect({ to: "/signin", search: { next: location.pathname } });
    await seen;
  },
});

const publicFrame = createRoute({
  getParentRoute: () => root,
  id: "public",
  component: SignedOut,
});

/** Whoever is signed in has no business at the front door. */
const toBoardIfSignedIn = async ({ context }: { context: Services }) => {
  if (await context.session.load()) throw redirect({ to: "/" });
};

const auth = () => import("./authRoutes");

interface SignInSearch {
  /** Where to go afterwards: a path of this page. */
  readonly next?: string;
  /** The session ended by itself. */
  readonly ended?: boolean;
}

const signIn = createRoute({
  getParentRoute: () => publicFrame,
  path: "/signin",
  component: lazyRouteComponent(auth, "SignIn"),
  staticData: { title: () => text.auth.signInTitle },
  beforeLoad: toBoardIfSignedIn,
  validateSearch: ({ next, ended }): SignInSearch => ({
    // Only paths of this page: a link must not lead elsewhere after signing in.
    ...(typeof next === "string" &&
    /^\/(today|projects|labels|tasks|insights|activity|settings)(\/|$)/.test(next)
      ? { next }
      : {}),
    ...(ended === true ? { ended } : {}),
  }),
});

const signUp = createRoute({
  getParentRoute: () => publicFrame,
  path: "/signup",
  component: lazyRouteComponent(auth, "SignUp"),
  staticData: { title: () => text.auth.signUpTitle },
  beforeLoad: toBoardIfSignedIn,
});

const forgotPassword = createRoute({
  getParentRoute: () => publicFrame,
  path: "/forgot-password",
  component: lazyRouteComponent(auth, "ForgotPassword"),
  staticData: { title: () => text.auth.forgotTitle },
});

const resetPassword = createRoute({
  getParentRoute: () => publicFrame,
  path: "/account/password/reset/$key",
  component: lazyRouteComponent(auth, "ResetPassword"),
  staticData: { title: () => text.auth.resetTitle },
});

const verifyEmail = createRoute({
  getParentRoute: () => publicFrame,
  path: "/account/verify-email/$key",
  component: lazyRouteComponent(auth, "VerifyEmail"),
  staticData: { title: () => text.auth.verifyTitle },
});

const board = createRoute({
  getParentRoute: () => member,
  id: "board",
  component: BoardRoute,
  validateSearch: ({ plan, bucket, ...rest }: Record<string, unknown>): BoardSearch => {
    const shown = BUCKETS.find((one) => one === bucket);
    return {
      ...viewSearch(rest),
      ...(typeof plan === "string" ? { plan } : {}),
      ...(shown && shown !== "upcoming" ? { bucket: shown } : {}),
    };
  },
  // Here rather than at the root: the frame, and the changes that wait in it, must stand.
  errorComponent: Broken,
});

const nothing = () => null;
/** The places of the board. It draws itself, whichever it is; an open task lies over or beside it. */
// Named, each of them: in one array that is written in place the router loses their types.
const boardHome = createRoute({
  getParentRoute: () => board,
  path: "/",
  component: nothing,
  staticData: { title: () => text.board.title },
});

const boardToday = createRoute({
  getParentRoute: () => board,
  path: "/today",
  component: nothing,
  staticData: { title: () => text.groups.today },
});

const boardProject = createRoute({
  getParentRoute: () => board,
  path: "/projects/$projectId",
  component: nothing,
  staticData: { title: null },
});

const boardLabel = createRoute({
  getParentRoute: () => board,
  path: "/labels/$labelId",
  component: nothing,
  staticData: { title: null },
});

const boardTasks = createRoute({
  getParentRoute: () => board,
  path: "/tasks",
  component: nothing,
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/", search, replace: true });
  },
});

const boardTask = createRoute({
  getParentRoute: () => board,
  path: "/tasks/$taskId",
  component: nothing,
  staticData: { title: null },
});

const insights = createRoute({
  getParentRoute: () => member,
  path: "/insights",
  component: lazyRouteComponent(() => import("./Insights"), "Insights"),
  errorComponent: Broken,
  staticData: { title: () => text.header.insights },
});

const settings = createRoute({
  getParentRoute: () => member,
  path: "/settings",
  component: Settings,
  errorComponent: Broken,
  staticData: { title: () => text.header.settings },
});

/** Drawn by the settings themselves: which of their sections is open. */
const settingsSection = createRoute({
  getParentRoute: () => settings,
  path: "$section",
  component: () => null,
});

const activity = createRoute({
  getParentRoute: () => member,
  path: "/activity",
  component: lazyRouteComponent(memberRoutes, "Activity"),
  errorComponent: Broken,
  staticData: { title: () => text.header.activity },
});

const routeTree = root.addChildren([
  member.addChildren([
    board.addChildren([boardHome, boardToday, boardProject, boardLabel, boardTasks, boardTask]),
    insights,
    settings.addChildren([settingsSection]),
    activity,
  ]),
  publicFrame.addChildren([signIn, signUp, forgotPassword, resetPassword, verifyEmail]),
]);

export function makeRouter(services: Services) {
  return createRouter({
    routeTree,
    context: services,
    // The sheet of a task opens over a board that stays where it was scrolled to.
    scrollRestoration: false,
    defaultPendingMs: 300,
    defaultPendingMinMs: 0,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
