import { Link } from "@tanstack/react-router";

import { text } from "@/shared/text";
import { buttonClass } from "@/shared/ui/Button";
import { NarrowPage } from "@/shared/ui/NarrowPage";

import { Header } from "./Header";

export function NotFound() {
  return (
    <>
      <Header />
      <NarrowPage title={text.page.missing}>
        <Link to="/" className={buttonClass("main")}>
          {text.page.home}
        </Link>
      </NarrowPage>
    </>
  );
}
