import { Outlet, useMatches } from "@tanstack/react-router";

import { useObservable } from "@/shared/lib/observable";
import { language } from "@/shared/text/language";
import { Toaster } from "@/shared/ui/Toaster";
import { useTitle } from "@/shared/ui/useTitle";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the window is called while the route is open; null: by what is found there, which says so itself. */
    readonly title?: (() => string) | null;
  }
}

export function Root() {
  const named = useMatches().findLast(({ staticData }) => staticData.title !== undefined);
  const title = named?.staticData.title;
  // Another language has other titles.
  useObservable(language);
  useTitle(title === null ? null : title?.());
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}
