import { Outlet, useMatches } from "@tanstack/react-router";
import { useEffect } from "react";

import { text } from "@/shared/text";
import { Toaster } from "@/shared/ui/Toaster";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** What the window is called while the route is open. */
    readonly title?: string;
  }
}

export function Root() {
  const title = useMatches().findLast(({ staticData }) => staticData.title)?.staticData.title;
  useEffect(() => {
    document.title = title ? text.page.titled(title) : text.product;
  }, [title]);
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}
