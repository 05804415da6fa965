import { Outlet, useMatches } from "@tanstack/react-router";
import { useEffect } from "react";

import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";
import { language } from "@/shared/text/language";
import { Toaster } from "@/shared/ui/Toaster";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the window is called while the route is open. */
    readonly title?: () => string;
  }
}

export function Root() {
  const title = useMatches().findLast(({ staticData }) => staticData.title)?.staticData.title;
  const spoken = useObservable(language);
  useEffect(() => {
    document.title = title ? text.page.titled(title()) : text.product;
  }, [spoken, title]);
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}
