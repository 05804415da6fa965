import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";

import { text } from "@/shared/text";
import { speakAs } from "@/shared/text/language";

import { Broken } from "./Broken";
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

const memberRoutes = () => import("./memberRoutes");

/** Where only those who are signed in may be; others sign in first and come back. */
const member = createRoute({
  getParentRoute: () => root,
  id: "member",
  component: lazyRouteComponent(memberRoutes, "SignedIn"),
  pendingComponent: Opening,
  pendingMs: 0,
  beforeLoad: async ({ context, location }) => {
    // Its code is on its way while the server is asked; that it may fail is for the route to say.
    memberRoutes().catch(() => undefined);
    const user = await context.session.load();
    // Before anything of theirs is drawn, so that nothing changes its language before their eyes.
    if (user) {
      await speakAs(user.language);
      return;
    }
    throw redirect({ to: "/signin", search: { next: location.pathname } });
  },
});

const publicFrame = createRoute({
  getParentRoute: () => root,
  id: "public",
  component: SignedOut,
});

/** Whoever is signed in has no business at the front door. */
const toBoardIfSignedIn = async ({ context }: { context: Services }) => {
  if (await context.session.load()) throw redirect({ to: "/tasks" });
};

const auth = () => import("./authRoutes");

interface SignInSearch {
  /** Where to go afterwards: a path of this page. */
  readonly next?: string;
  /** The session ended by itself. */
  readonly ended?: boolean;
}

const landing = createRoute({
  getParentRoute: () => publicFrame,
  path: "/",
  component: lazyRouteComponent(() => import("./Landing"), "Landing"),
  beforeLoad: toBoardIfSignedIn,
});

const signIn = createRoute({
  getParentRoute: () => publicFrame,
  path: "/signin",
  component: lazyRouteComponent(auth, "SignIn"),
  staticData: { title: () => text.auth.signInTitle },
  beforeLoad: toBoardIfSignedIn,
  validateSearch: ({ next, ended }): SignInSearch => ({
    // Only paths of this page: a link must not lead elsewhere after signing in.
    ...(typeof next === "string" && /^\/(tasks|settings|activity)(\/|$)/.test(next)
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

interface BoardSearch {
  /** The plan that is open over the board. */
  readonly plan?: string;
}

const tasks = createRoute({
  getParentRoute: () => member,
  path: "/tasks",
  component: lazyRouteComponent(memberRoutes, "Board"),
  validateSearch: ({ plan }): BoardSearch => (typeof plan === "string" ? { plan } : {}),
  // Here rather than at the root: the frame, and the changes that wait in it, must stand.
  errorComponent: Broken,
  staticData: { title: () => text.board.title },
});

/** Drawn by the board itself, which stays in place behind it. */
const task = createRoute({ getParentRoute: () => tasks, path: "$taskId", component: () => null });

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
    tasks.addChildren([task]),
    settings.addChildren([settingsSection]),
    activity,
  ]),
  publicFrame.addChildren([landing, signIn, signUp, forgotPassword, resetPassword, verifyEmail]),
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
