import { Outlet } from "@tanstack/react-router";

import { Header } from "./Header";

/** The frame of what needs no account. */
export function SignedOut() {
  return (
    <>
      <Header />
      <Outlet />
    </>
  );
}
