import { Outlet } from "@tanstack/react-router";
import { Fragment } from "react";

import { useObservable } from "@/shared/lib/observable";
import { language } from "@/shared/text/language";

import { Header } from "./Header";
import { LanguageSwitch } from "./LanguageSwitch";

/** The frame of what needs no account. */
export function SignedOut() {
  const spoken = useObservable(language);
  return (
    <Fragment key={spoken}>
      <Header end={<LanguageSwitch />} />
      <Outlet />
    </Fragment>
  );
}
